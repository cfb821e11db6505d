using System;
using System.Collections.Generic;
using Solami.Protocol;

namespace Solami
{
    /// <summary>Names that rigs give to the 55 bones.</summary>
    public static class RigNames
    {
        /// <summary>What VRM 1.0 and Unity's Humanoid require.</summary>
        public static readonly string[] Required =
        {
            "hips", "spine", "head", "leftUpperLeg", "leftLowerLeg", "leftFoot", "rightUpperLeg", "rightLowerLeg",
            "rightFoot", "leftUpperArm", "leftLowerArm", "leftHand", "rightUpperArm", "rightLowerArm", "rightHand",
        };

        private static readonly string[] FingerParts = { "Metacarpal", "Proximal", "Intermediate", "Distal" };

        /// <summary>
        /// From the joints of a body-tracking skeleton of 84 joints, as Meta's full-body tracking names them, to VRM
        /// bones. Twist and scapula joints have no counterpart and are left out.
        /// </summary>
        public static Dictionary<string, string> FullBodyTracking()
        {
            var map = new Dictionary<string, string>
            {
                { "Hips", "hips" }, { "SpineLower", "spine" }, { "SpineUpper", "chest" }, { "Chest", "upperChest" },
                { "Neck", "neck" }, { "Head", "head" },
            };
            foreach (string side in new[] { "Left", "Right" })
            {
                string vrm = side == "Left" ? "left" : "right";
                map[side + "Shoulder"] = vrm + "Shoulder";
                map[side + "ArmUpper"] = vrm + "UpperArm";
                map[side + "ArmLower"] = vrm + "LowerArm";
                map[side + "HandWrist"] = vrm + "Hand";
                map[side + "UpperLeg"] = vrm + "UpperLeg";
                map[side + "LowerLeg"] = vrm + "LowerLeg";
                map[side + "FootAnkle"] = vrm + "Foot";
                map[side + "FootBall"] = vrm + "Toes";
                foreach (string finger in new[] { "Thumb", "Index", "Middle", "Ring", "Little" })
                {
                    AddFinger(map, side, vrm, finger);
                }
            }
            return map;
        }

        /// <summary>The VRM bone for a transform's name, in VRM's or Unity's spelling; -1 where it is none.</summary>
        public static int IndexOf(string name)
        {
            int bone = Bones.IndexOf(name);
            for (int i = 0; bone < 0 && i < Bones.Count; i++)
            {
                bone = string.Equals(Bones.UnityName(i), name, StringComparison.Ordinal) ? i : -1;
            }
            return bone;
        }

        private static void AddFinger(Dictionary<string, string> map, string side, string vrm, string finger)
        {
            foreach (string part in FingerParts)
            {
                string bone = vrm + finger + part;
                if (Bones.IndexOf(bone) >= 0)
                {
                    map[side + "Hand" + finger + part] = bone;
                }
            }
        }
    }
}
