using System.Collections.Generic;
using Newtonsoft.Json.Linq;
using NUnit.Framework;
using Solami.Protocol;
using UnityEngine;

namespace Solami.Tests
{
    /// <summary>Avatars take the poses that Python means, however their bones rest.</summary>
    [TestFixture]
    public class RigTests
    {
        [Test]
        public void EveryJointIsWhereForwardKinematicsPutsIt([Values(false, true)] bool isTurned)
        {
            Transform root = new GameObject("character").transform;
            root.position = new Vector3(3f, 0.5f, -2f);
            root.rotation = Quaternion.Euler(0f, 130f, 0f);
            if (isTurned)
            {
                Scenes.Skeleton(root, Scenes.SomeTurn, null);
            }
            else
            {
                Scenes.Skeleton(root, Scenes.NoTurn, null);
            }
            BodyRig rig = RigBuilder.Build(root);
            Assert.AreEqual(Bones.Count, rig.Count);
            Assert.AreEqual(1f, rig.Scale, 1e-4f);
            rig.Apply(Scenes.GoldenPose(), true);
            CheckPlaces(root, rig);
        }

        [Test]
        public void AHumanoidIsReadInTheTPoseOfItsDescriptionAndStaysAsItStood()
        {
            Transform root = new GameObject("character").transform;
            Transform[] bones = Scenes.Skeleton(root, Scenes.SomeTurn, null);
            Animator animator = MakeHumanoid(root, bones);
            var glove = new GameObject("leftUpperArm");
            glove.transform.SetParent(bones[Bones.IndexOf("leftHand")], false); // clothes have bones of the same names
            Transform arm = bones[Bones.IndexOf("leftUpperArm")];
            arm.localRotation = Quaternion.Euler(0f, 0f, 45f) * arm.localRotation;
            Quaternion stood = arm.localRotation;
            BodyRig rig = RigBuilder.Build(root);
            Assert.IsTrue(animator.isHuman);
            Assert.AreEqual(0f, Quaternion.Angle(stood, arm.localRotation), 0.05f);
            rig.Apply(Scenes.GoldenPose(), true);
            CheckPlaces(root, rig);
        }

        [Test]
        public void BonesThatAnAvatarLacksTurnTheNextOnesBelow()
        {
            Transform root = new GameObject("character").transform;
            var without = new List<string> { "upperChest", "leftShoulder", "rightShoulder", "jaw", "leftEye", "rightEye" };
            Scenes.Skeleton(root, Scenes.SomeTurn, without);
            BodyRig rig = RigBuilder.Build(root);
            Assert.That(rig.MissingRequired(), Is.Empty);
            rig.Apply(Scenes.GoldenPose(), true);
            var vectors = (JArray)Scenes.Kinematics()["vectors"];
            foreach (string name in new[] { "neck", "head", "leftUpperArm", "rightHand", "leftFoot" })
            {
                int bone = Bones.IndexOf(name);
                Quaternion turn = rig[bone].rotation * Quaternion.Inverse(Scenes.SomeTurn(bone));
                Assert.AreEqual(0f, Quaternion.Angle(World(vectors[bone]), turn), 0.1f, name);
            }
        }

        [Test]
        public void APoseReadBackIsThePoseThatWasApplied()
        {
            Transform root = new GameObject("character").transform;
            Scenes.Skeleton(root, Scenes.SomeTurn, null);
            BodyRig rig = RigBuilder.Build(root);
            float[] golden = Scenes.GoldenPose();
            var read = new float[PoseFormat.Floats];
            rig.Apply(golden, true);
            rig.Read(read);
            for (int i = 0; i < 3; i++)
            {
                Assert.AreEqual(golden[i], read[i], 1e-4f);
            }
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                int at = PoseFormat.RotationAt(bone);
                Assert.AreEqual(0f, Quaternions.AngleDeg(golden, at, read, at), 0.1f, Bones.Names[bone]);
            }
        }

        [Test]
        public void AnAvatarOfAnotherHeightStandsOnTheSameFloor()
        {
            Transform root = new GameObject("character").transform;
            Transform[] bones = Scenes.Skeleton(root, Scenes.NoTurn, null);
            foreach (Transform bone in bones)
            {
                bone.localPosition = bone.localPosition * 0.5f;
            }
            BodyRig rig = RigBuilder.Build(root);
            Assert.AreEqual(0.5f, rig.Scale, 1e-4f);
            float footM = rig.Find("leftFoot").position.y;
            rig.Apply(PoseFormat.Rest(), true);
            Assert.AreEqual(footM, rig.Find("leftFoot").position.y, 1e-4f);
        }

        [Test]
        public void JointsOfBodyTrackingAreMappedBySdkNames()
        {
            Transform root = new GameObject("tracked").transform;
            Dictionary<string, string> map = RigNames.FullBodyTracking();
            Transform at = root;
            foreach (string joint in map.Keys)
            {
                Transform next = new GameObject("FullBody_" + joint).transform;
                next.SetParent(at, false);
                at = next;
            }
            BodyRig rig = RigBuilder.FromNames(root, map);
            Assert.That(rig.MissingRequired(), Is.Empty);
            Assert.AreEqual("FullBody_LeftHandThumbMetacarpal", rig.Find("leftThumbMetacarpal").name);
            Assert.AreEqual(map.Count, rig.Count);
            Assert.That(rig.Count, Is.GreaterThanOrEqualTo(52));
        }

        [Test]
        public void EyelidsAreShutOnceByWhateverShapesThereAre()
        {
            FaceShapes mannequin = Shapes("aa", "ih", "ou", "ee", "oh", "blinkLeft", "blink", "blinkRight", "viseme_PP", "viseme_aa");
            Assert.AreEqual(1, mannequin.BlinkCount);
            Assert.AreEqual(6, mannequin.Blinks[0]);
            Assert.IsTrue(mannequin.HasFifteen);
            FaceShapes captured = Shapes("blendShape1.eyeBlinkLeft", "blendShape1.eyeBlinkRight", "blendShape1.mouthOpen");
            Assert.AreEqual(2, captured.BlinkCount);
            Assert.AreEqual(2, captured.Five[0]);
        }

        private static FaceShapes Shapes(params string[] names)
        {
            var renderer = new GameObject("face").AddComponent<SkinnedMeshRenderer>();
            renderer.sharedMesh = new Mesh(names);
            return new FaceShapes(renderer);
        }

        private static void CheckPlaces(Transform root, BodyRig rig)
        {
            var vectors = (JArray)Scenes.Kinematics()["vectors"];
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                JToken place = vectors[bone]["world_position"];
                var expected = new Vector3(-(float)place[0], (float)place[1], (float)place[2]);
                Vector3 got = root.InverseTransformPoint(rig[bone].position);
                Assert.That((expected - got).magnitude, Is.LessThan(0.002f), Bones.Names[bone]);
            }
        }

        private static Quaternion World(JToken vector)
        {
            JToken q = vector["world_rotation"];
            return new Quaternion((float)q[0], -(float)q[1], -(float)q[2], (float)q[3]);
        }

        private static Animator MakeHumanoid(Transform root, Transform[] bones)
        {
            Animator animator = root.gameObject.AddComponent<Animator>();
            var skeleton = new SkeletonBone[Bones.Count];
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                var human = (HumanBodyBones)System.Enum.Parse(typeof(HumanBodyBones), Bones.UnityName(bone));
                animator.Mapping[human] = bones[bone];
                skeleton[bone].name = bones[bone].name;
                skeleton[bone].rotation = bones[bone].localRotation;
            }
            animator.avatar = new Avatar { humanDescription = new HumanDescription { skeleton = skeleton } };
            return animator;
        }
    }
}
