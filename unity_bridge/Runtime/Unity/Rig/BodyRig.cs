using System.Collections.Generic;
using Solami.Protocol;
using UnityEngine;

namespace Solami
{
    /// <summary>
    /// The bones of an avatar and how they rest. Poses come relative to a T-pose; bones that the avatar lacks are
    /// folded into the next one below them.
    /// </summary>
    public sealed class BodyRig
    {
        private readonly Transform[] _bones = new Transform[Bones.Count];
        private readonly RestRotations _rest = new RestRotations();
        private readonly float[] _folded = new float[4 * Bones.Count];
        private readonly float[] _local = new float[4];
        private readonly Transform _root;
        private Vector3 _hipsRest;

        internal BodyRig(Transform root)
        {
            _root = root;
        }

        /// <summary>Bones that were found.</summary>
        public int Count { get; private set; }

        /// <summary>Height of the resting hips above the root, in metres of the scene.</summary>
        public float HipsHeightM => _hipsRest.y;

        /// <summary>How much larger the avatar is than the body that poses are made for.</summary>
        public float Scale => HipsHeightM / Bones.HipsHeightM;

        /// <summary>A bone by its place in a pose; null where the avatar has none.</summary>
        public Transform this[int bone] => _bones[bone];

        /// <summary>A bone by its VRM name; null where the avatar has none.</summary>
        public Transform Find(string vrmName)
        {
            int bone = Bones.IndexOf(vrmName);
            return bone < 0 ? null : _bones[bone];
        }

        /// <summary>Names of bones that every humanoid needs and this avatar lacks.</summary>
        public List<string> MissingRequired()
        {
            var missing = new List<string>();
            foreach (string name in RigNames.Required)
            {
                if (Find(name) == null)
                {
                    missing.Add(name);
                }
            }
            return missing;
        }

        /// <summary>Bends the avatar into a pose, which is in the right-handed axes of the wire.</summary>
        public void Apply(float[] pose, bool movesHips)
        {
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                Fold(bone, pose);
                if (_bones[bone] != null)
                {
                    _rest.ToLocal(bone, _folded, 4 * bone, _local);
                    _bones[bone].localRotation = new Quaternion(_local[0], _local[1], _local[2], _local[3]);
                }
            }
            if (_bones[0] != null)
            {
                PlaceHips(pose, movesHips);
            }
        }

        /// <summary>
        /// The pose that the avatar is in now, in the axes of the wire. Bones that it lacks rest, and what lies between
        /// two of its bones and is none of ours counts as still.
        /// </summary>
        public void Read(float[] pose)
        {
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                int at = PoseFormat.RotationAt(bone);
                if (_bones[bone] == null)
                {
                    SetRest(pose, at);
                    continue;
                }
                Write(_bones[bone].localRotation, _local);
                _rest.ToRelative(bone, _local, pose, at);
                Axes.MirrorRotation(pose, at);
            }
            if (_bones[0] != null)
            {
                Vector3 place = Quaternion.Inverse(_root.rotation) * (_bones[0].position - _root.position);
                UnityAxes.Write(place, pose, 0);
            }
        }

        /// <summary>Where the body faces in a pose, as a direction in the scene.</summary>
        public Vector3 FacingOf(float[] pose)
        {
            int at = PoseFormat.RotationAt(0);
            var hips = new Quaternion(pose[at], -pose[at + 1], -pose[at + 2], pose[at + 3]);
            return _root.rotation * (hips * Vector3.forward);
        }

        internal void Take(int bone, Transform transform)
        {
            _bones[bone] = transform;
            Count++;
        }

        /// <summary>Remembers how the bones rest, with the avatar in its T-pose.</summary>
        internal void NoteRest()
        {
            Quaternion toRoot = Quaternion.Inverse(_root.rotation);
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                Transform transform = _bones[bone];
                if (transform != null)
                {
                    Quaternion parent = toRoot * transform.parent.rotation;
                    _rest.Set(bone, Values(parent), Values(transform.localRotation));
                }
            }
            if (_bones[0] != null)
            {
                _hipsRest = toRoot * (_bones[0].position - _root.position);
            }
        }

        private void Fold(int bone, float[] pose)
        {
            int at = 4 * bone;
            System.Array.Copy(pose, PoseFormat.RotationAt(bone), _folded, at, 4);
            Axes.MirrorRotation(_folded, at);
            int parent = Bones.Parents[bone];
            if (parent >= 0 && _bones[parent] == null)
            {
                Quaternions.Multiply(_folded, 4 * parent, _folded, at, _folded, at);
            }
        }

        private void PlaceHips(float[] pose, bool movesHips)
        {
            float x = movesHips ? -pose[0] * Scale : _hipsRest.x;
            float z = movesHips ? pose[2] * Scale : _hipsRest.z;
            var place = new Vector3(x, pose[1] * Scale, z);
            _bones[0].position = _root.position + _root.rotation * place;
        }

        private static void SetRest(float[] pose, int at)
        {
            pose[at] = pose[at + 1] = pose[at + 2] = 0f;
            pose[at + 3] = 1f;
        }

        private static void Write(Quaternion q, float[] values)
        {
            values[0] = q.x;
            values[1] = q.y;
            values[2] = q.z;
            values[3] = q.w;
        }

        private static float[] Values(Quaternion q)
        {
            return new[] { q.x, q.y, q.z, q.w };
        }
    }
}
