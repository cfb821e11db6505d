using System.Collections.Generic;
using Solami.Protocol;
using UnityEngine;

namespace Solami
{
    /// <summary>Finds the bones of an avatar and how they rest in its T-pose.</summary>
    public static class RigBuilder
    {
        /// <summary>
        /// The rig of an avatar: by its Animator where that is Humanoid, else by the names of its bones.
        /// </summary>
        public static BodyRig Build(Transform root)
        {
            Animator animator = root.GetComponentInChildren<Animator>();
            bool isHumanoid = animator != null && animator.avatar != null && animator.isHuman;
            return isHumanoid ? FromAnimator(root, animator) : FromNames(root, null);
        }

        /// <summary>The rig of a Humanoid Animator. The avatar's own T-pose is read from its description.</summary>
        public static BodyRig FromAnimator(Transform root, Animator animator)
        {
            var rig = new BodyRig(root);
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                HumanBodyBones human;
                if (!System.Enum.TryParse(Bones.UnityName(bone), out human))
                {
                    continue;
                }
                Transform transform = animator.GetBoneTransform(human);
                if (transform != null)
                {
                    rig.Take(bone, transform);
                }
            }
            NoteTPose(rig, TransformsOf(root, rig), animator.avatar.humanDescription.skeleton);
            return rig;
        }

        /// <summary>
        /// The rig of a skeleton whose bones have names that are known, and which stands in its T-pose now. The map
        /// leads from its names to VRM's; null: they are VRM's or Unity's.
        /// </summary>
        public static BodyRig FromNames(Transform root, Dictionary<string, string> map)
        {
            var rig = new BodyRig(root);
            foreach (Transform transform in root.GetComponentsInChildren<Transform>())
            {
                string name = transform.name;
                string vrm;
                if (map != null)
                {
                    name = map.TryGetValue(name.Substring(name.LastIndexOf('_') + 1), out vrm) ? vrm : string.Empty;
                }
                int bone = RigNames.IndexOf(name);
                if (bone >= 0 && rig[bone] == null)
                {
                    rig.Take(bone, transform);
                }
            }
            rig.NoteRest();
            return rig;
        }

        /// <summary>
        /// The bones and what lies between them and the root: clothes may have parts of the same names.
        /// </summary>
        private static Dictionary<string, Transform> TransformsOf(Transform root, BodyRig rig)
        {
            var byName = new Dictionary<string, Transform>();
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                for (Transform part = rig[bone]; part != null && part != root; part = part.parent)
                {
                    byName[part.name] = part;
                }
            }
            return byName;
        }

        private static void NoteTPose(BodyRig rig, Dictionary<string, Transform> byName, SkeletonBone[] skeleton)
        {
            var now = new Dictionary<Transform, Quaternion>();
            foreach (SkeletonBone bone in skeleton)
            {
                Transform transform;
                if (byName.TryGetValue(bone.name, out transform))
                {
                    now[transform] = transform.localRotation;
                    transform.localRotation = bone.rotation;
                }
            }
            rig.NoteRest();
            foreach (KeyValuePair<Transform, Quaternion> was in now)
            {
                was.Key.localRotation = was.Value;
            }
        }
    }
}
