using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Solami.Protocol.Tests
{
    /// <summary>Axes, bones and rotations agree with Python's geometry.</summary>
    [TestFixture]
    public class GeometryVectorTests
    {
        [Test]
        public void MirroringGivesUnitysAxesAndBack()
        {
            foreach (JToken vector in Vectors.Read("geometry", "handedness"))
            {
                string name = (string)vector["name"];
                float[] position = Vectors.Floats(vector["position"]);
                float[] rotation = Vectors.Floats(vector["quaternion"]);
                Axes.MirrorPosition(position, 0);
                Axes.MirrorRotation(rotation, 0);
                Assert.That(position, Is.EqualTo(Vectors.Floats(vector["unity"]["position"])).Within(1e-6f), name);
                Vectors.AreSameRotation(Vectors.Floats(vector["unity"]["quaternion"]), rotation, name);
                Axes.MirrorRotation(rotation, 0);
                Vectors.AreSameRotation(Vectors.Floats(vector["quaternion"]), rotation, name);
            }
        }

        [Test]
        public void AvatarsThatRestTurnedAreDrivenAsPythonDrivesThem()
        {
            foreach (JToken vector in Vectors.Read("geometry", "rest_relative"))
            {
                var rest = new RestRotations();
                rest.Set(7, Vectors.Floats(vector["parent_rest_world"]), Vectors.Floats(vector["rest_local"]));
                float[] relative = Vectors.Floats(vector["relative"]);
                var local = new float[4];
                rest.ToLocal(7, relative, 0, local);
                Vectors.AreSameRotation(Vectors.Floats(vector["local"]), local, (string)vector["name"]);
                var back = new float[4];
                rest.ToRelative(7, local, back, 0);
                Vectors.AreSameRotation(relative, back, (string)vector["name"]);
            }
        }

        [Test]
        public void BonesHaveTheOrderNamesAndParentsOfTheServer()
        {
            JArray vectors = Vectors.Read("geometry", "kinematics");
            Assert.AreEqual(Bones.Count, vectors.Count);
            var world = new float[4 * Bones.Count];
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                JToken vector = vectors[bone];
                Assert.AreEqual((string)vector["vrm_bone"], Bones.Names[bone]);
                Assert.AreEqual((string)vector["unity_bone"], Bones.UnityName(bone));
                Assert.AreEqual((int)vector["parent"], Bones.Parents[bone]);
                Assert.AreEqual(bone, Bones.IndexOf((string)vector["vrm_bone"]));
                CheckWorld(vector, bone, world);
            }
        }

        [Test]
        public void SlerpTurnsAtAConstantSpeedTheShortWay()
        {
            float[] a = { 0, 0, 0, 1 };
            float[] b = { 0, 0, -0.70710678f, -0.70710678f };
            var result = new float[4];
            for (int i = 0; i <= 10; i++)
            {
                Quaternions.Slerp(a, 0, b, 0, i / 10f, result, 0);
                Assert.That(Quaternions.AngleDeg(a, 0, result, 0), Is.EqualTo(9f * i).Within(0.05f));
            }
        }

        private static void CheckWorld(JToken vector, int bone, float[] world)
        {
            float[] rotation = Vectors.Floats(vector["rotation"]);
            int parent = Bones.Parents[bone];
            if (parent < 0)
            {
                rotation.CopyTo(world, 0);
            }
            else
            {
                Quaternions.Multiply(world, 4 * parent, rotation, 0, world, 4 * bone);
            }
            float[] expected = Vectors.Floats(vector["world_rotation"]);
            Assert.That(Quaternions.AngleDeg(expected, 0, world, 4 * bone), Is.LessThan(0.1f), Bones.Names[bone]);
        }
    }
}
