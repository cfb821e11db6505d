using System.Collections.Generic;
using Solami.Protocol;
using UnityEngine;

namespace Solami.Editor
{
    /// <summary>What an avatar can and cannot show, with the reason and what mends it.</summary>
    public static class AvatarCheck
    {
        /// <summary>One finding.</summary>
        public struct Finding
        {
            /// <summary>Whether the character works without mending it.</summary>
            public bool IsFine;

            /// <summary>One sentence.</summary>
            public string Text;
        }

        /// <summary>Looks at an avatar in the scene.</summary>
        public static List<Finding> Run(GameObject avatar)
        {
            var findings = new List<Finding>();
            Animator animator = avatar.GetComponentInChildren<Animator>();
            bool isHumanoid = animator != null && animator.avatar != null && animator.isHuman;
            Add(findings, true, isHumanoid
                ? "The Animator is Humanoid: bones and T-pose come from its avatar."
                : "No Humanoid Animator: bones are found by VRM's or Unity's names, and must stand in a T-pose now.");
            BodyRig rig = RigBuilder.Build(avatar.transform);
            CheckBones(findings, rig);
            CheckFace(findings, avatar);
            CheckSound(findings, avatar);
            return findings;
        }

        private static void CheckBones(List<Finding> findings, BodyRig rig)
        {
            List<string> missing = rig.MissingRequired();
            Add(findings, missing.Count == 0, missing.Count == 0
                ? "All bones that a humanoid needs are there; " + rig.Count + " of " + Bones.Count + " in all."
                : "Bones are missing: " + string.Join(", ", missing.ToArray())
                    + ". Set the model's rig to Humanoid and map them in its avatar.");
            bool hasFingers = rig.Find("leftIndexProximal") != null;
            Add(findings, hasFingers, hasFingers ? "It has fingers." : "It has no fingers: hands stay stiff.");
            if (rig.Find("hips") == null)
            {
                return;
            }
            bool isSized = rig.HipsHeightM > 0.2f && rig.HipsHeightM < 3f;
            Add(findings, isSized, "Its hips are " + rig.HipsHeightM.ToString("F2") + " m above its root"
                + (isSized ? "; motion is scaled by " + rig.Scale.ToString("F2") + "."
                    : ": check the import scale, and that the root lies on the floor."));
        }

        private static void CheckFace(List<Finding> findings, GameObject avatar)
        {
            bool hasFifteen = false;
            bool hasMouth = false;
            bool hasLids = false;
            foreach (SkinnedMeshRenderer renderer in avatar.GetComponentsInChildren<SkinnedMeshRenderer>())
            {
                var shapes = new FaceShapes(renderer);
                hasFifteen |= shapes.HasFifteen;
                hasMouth |= shapes.HasMouth;
                hasLids |= shapes.BlinkCount > 0;
            }
            Add(findings, hasMouth, hasFifteen ? "Lip sync by fifteen mouth shapes."
                : hasMouth ? "Lip sync by VRM's five mouth shapes."
                : "No mouth shapes: name blend shapes viseme_aa ... or aa, ih, ou, ee, oh.");
            Add(findings, hasLids, hasLids ? "It can blink." : "No blend shape shuts its eyes.");
        }

        private static void CheckSound(List<Finding> findings, GameObject avatar)
        {
            AudioSource source = avatar.GetComponentInChildren<AudioSource>();
            bool isSpatial = source != null && source.spatialBlend > 0.5f;
            Add(findings, source != null, source == null ? "No AudioSource yet: Solami Voice adds one."
                : isSpatial ? "Its voice is spatial."
                : "Its voice is not spatial: raise the AudioSource's Spatial Blend.");
        }

        private static void Add(List<Finding> findings, bool isFine, string text)
        {
            findings.Add(new Finding { IsFine = isFine, Text = text });
        }
    }
}
