using System;
using System.Collections.Generic;
using System.IO;
using Newtonsoft.Json.Linq;
using Solami.Protocol;
using UnityEngine;

namespace Solami.Tests
{
    /// <summary>Avatars for tests: the server's own skeleton as Unity would import it.</summary>
    public static class Scenes
    {
        /// <summary>One pose with the place of every joint, as Python computed it.</summary>
        public static JObject Kinematics()
        {
            string folder = Environment.GetEnvironmentVariable("SOLAMI_VECTORS");
            return JObject.Parse(File.ReadAllText(Path.Combine(Path.Combine(folder, "geometry"), "kinematics.json")));
        }

        /// <summary>
        /// A skeleton of the vectors' offsets, mirrored into Unity's axes. Every bone rests turned by the quaternion that
        /// the function gives for it (in the axes of the model), as rigs of modelling programs do; the limbs lie where they lie.
        /// </summary>
        public static Transform[] Skeleton(Transform root, Func<int, Quaternion> restTurn, ICollection<string> without)
        {
            var vectors = (JArray)Kinematics()["vectors"];
            var bones = new Transform[Bones.Count];
            var places = new Vector3[Bones.Count];
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                JToken offset = vectors[bone]["offset_m"];
                var step = new Vector3(-(float)offset[0], (float)offset[1], (float)offset[2]);
                int parent = Bones.Parents[bone];
                places[bone] = parent < 0 ? new Vector3(0f, Bones.HipsHeightM, 0f) : places[parent] + step;
                if (without != null && without.Contains(Bones.Names[bone]))
                {
                    continue;
                }
                Transform above = root;
                for (int at = parent; at >= 0 && above == root; at = Bones.Parents[at])
                {
                    above = bones[at] != null ? bones[at] : root;
                }
                bones[bone] = new GameObject(Bones.Names[bone]).transform;
                bones[bone].SetParent(above, false);
                bones[bone].rotation = root.rotation * restTurn(bone);
                bones[bone].position = root.position + root.rotation * places[bone];
            }
            return bones;
        }

        /// <summary>The vectors' pose in the floats of the wire.</summary>
        public static float[] GoldenPose()
        {
            JObject kinematics = Kinematics();
            var vectors = (JArray)kinematics["vectors"];
            var pose = new float[PoseFormat.Floats];
            for (int i = 0; i < 3; i++)
            {
                pose[i] = (float)kinematics["translation"][i];
            }
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                for (int i = 0; i < 4; i++)
                {
                    pose[PoseFormat.RotationAt(bone) + i] = (float)vectors[bone]["rotation"][i];
                }
            }
            return pose;
        }

        public static Quaternion NoTurn(int bone)
        {
            return Quaternion.identity;
        }

        public static Quaternion SomeTurn(int bone)
        {
            return Quaternion.Euler(37f * bone, -53f * bone, 11f * bone);
        }
    }
}
