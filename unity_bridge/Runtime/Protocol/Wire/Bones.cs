using System;
using System.Collections.Generic;

namespace Solami.Protocol
{
    /// <summary>The 55 bones of a pose, VRM 1.0 names in wire order, with each one's parent.</summary>
    public static class Bones
    {
        /// <summary>Number of bones.</summary>
        public const int Count = 55;

        /// <summary>Height of the hips above the soles of the body that the server generates for, in metres.</summary>
        public const float HipsHeightM = 0.949f;

        /// <summary>VRM 1.0 humanoid bone names in wire order.</summary>
        public static readonly string[] Names =
        {
            "hips", "leftUpperLeg", "rightUpperLeg", "spine", "leftLowerLeg", "rightLowerLeg", "chest", "leftFoot",
            "rightFoot", "upperChest", "leftToes", "rightToes", "neck", "leftShoulder", "rightShoulder", "head",
            "leftUpperArm", "rightUpperArm", "leftLowerArm", "rightLowerArm", "leftHand", "rightHand", "jaw",
            "leftEye", "rightEye", "leftIndexProximal", "leftIndexIntermediate", "leftIndexDistal",
            "leftMiddleProximal", "leftMiddleIntermediate", "leftMiddleDistal", "leftLittleProximal",
            "leftLittleIntermediate", "leftLittleDistal", "leftRingProximal", "leftRingIntermediate",
            "leftRingDistal", "leftThumbMetacarpal", "leftThumbProximal", "leftThumbDistal", "rightIndexProximal",
            "rightIndexIntermediate", "rightIndexDistal", "rightMiddleProximal", "rightMiddleIntermediate",
            "rightMiddleDistal", "rightLittleProximal", "rightLittleIntermediate", "rightLittleDistal",
            "rightRingProximal", "rightRingIntermediate", "rightRingDistal", "rightThumbMetacarpal",
            "rightThumbProximal", "rightThumbDistal",
        };

        /// <summary>Index of each bone's parent; -1 for the hips.</summary>
        public static readonly int[] Parents =
        {
            -1, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19, 15, 15, 15,
            20, 25, 26, 20, 28, 29, 20, 31, 32, 20, 34, 35, 20, 37, 38,
            21, 40, 41, 21, 43, 44, 21, 46, 47, 21, 49, 50, 21, 52, 53,
        };

        private static readonly Dictionary<string, int> Indices = MakeIndices();

        /// <summary>The place of a bone in a pose, or -1.</summary>
        public static int IndexOf(string name)
        {
            int index;
            return Indices.TryGetValue(name, out index) ? index : -1;
        }

        /// <summary>
        /// The name in Unity's HumanBodyBones: capitalised, with the thumb counted as the other fingers.
        /// </summary>
        public static string UnityName(int bone)
        {
            string name = char.ToUpperInvariant(Names[bone][0]) + Names[bone].Substring(1);
            if (name.IndexOf("Thumb", StringComparison.Ordinal) < 0)
            {
                return name;
            }
            return name.Replace("ThumbProximal", "ThumbIntermediate").Replace("ThumbMetacarpal", "ThumbProximal");
        }

        private static Dictionary<string, int> MakeIndices()
        {
            var indices = new Dictionary<string, int>(Count);
            for (int i = 0; i < Count; i++)
            {
                indices[Names[i]] = i;
            }
            return indices;
        }
    }
}
