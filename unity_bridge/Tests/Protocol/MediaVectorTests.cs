using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Solami.Protocol.Tests
{
    /// <summary>Binary frames mean here what they mean in Python.</summary>
    [TestFixture]
    public class MediaVectorTests
    {
        [Test]
        public void EveryFrameReadsAsItsVectorSays()
        {
            JArray vectors = Vectors.Read("protocol", "media");
            Assert.That(vectors.Count, Is.GreaterThan(8));
            foreach (JToken vector in vectors)
            {
                Check((JObject)vector);
            }
        }

        private static void Check(JObject vector)
        {
            string name = (string)vector["name"];
            byte[] bytes = Vectors.Bytes((string)vector["hex"]);
            if (vector["error"] != null)
            {
                var error = Assert.Throws<ProtocolException>(() => MediaHeader.Read(bytes, bytes.Length), name);
                Assert.AreEqual((string)vector["error"], error.Code, name);
                return;
            }
            MediaHeader header = MediaHeader.Read(bytes, bytes.Length);
            var meaning = vector["meaning"] as JObject;
            Assert.AreEqual(meaning != null, header.IsKnown, name);
            if (meaning != null)
            {
                CheckHeader(meaning, header, name);
                CheckPayload(meaning, header, bytes, name);
                CheckWrites(meaning, header, bytes, name);
            }
        }

        private static void CheckHeader(JObject meaning, MediaHeader header, string name)
        {
            Assert.AreEqual((int)meaning["type"], header.TypeNumber, name);
            Assert.AreEqual((int)meaning["flags"], header.Flags, name);
            Assert.AreEqual((int)meaning["stream"], header.Stream, name);
            Assert.AreEqual((uint)meaning["epoch"], header.Epoch, name);
            Assert.AreEqual((uint)meaning["seq"], header.Seq, name);
            Assert.AreEqual((ulong)meaning["sample"], header.Sample, name);
            Assert.AreEqual((int)meaning["length"], header.PayloadBytes, name);
        }

        private static void CheckPayload(JObject meaning, MediaHeader header, byte[] bytes, string name)
        {
            if (meaning["pcm16"] is JArray pcm)
            {
                var samples = new float[pcm.Count];
                Assert.AreEqual(pcm.Count, Pcm16.Decode(bytes, MediaHeader.Bytes, header.PayloadBytes, samples), name);
                for (int i = 0; i < pcm.Count; i++)
                {
                    Assert.AreEqual(Pcm16.ToFloat((short)pcm[i]), samples[i], name);
                }
            }
            if (meaning["poses"] is JArray poses)
            {
                CheckPoses(poses, header, bytes, name);
            }
            if (meaning["codes"] is JArray codes)
            {
                CheckCodes(codes, header, bytes, name);
            }
            if (meaning["visemes"] is JArray rows)
            {
                CheckVisemes(rows, header, bytes, name);
            }
        }

        private static void CheckPoses(JArray poses, MediaHeader header, byte[] bytes, string name)
        {
            Assert.AreEqual(poses.Count, PoseFormat.CountIn(header.PayloadBytes), name);
            var pose = new float[PoseFormat.Floats];
            PoseFormat.Read(bytes, MediaHeader.Bytes, pose, 0, PoseFormat.Floats);
            float[] hips = Vectors.Floats(poses[0]["hips"]);
            float[] others = Vectors.Floats(poses[0]["others"]);
            var named = (JObject)poses[0]["rotations"];
            for (int i = 0; i < 3; i++)
            {
                Assert.AreEqual(hips[i], pose[i], name);
            }
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                JToken own = named[Bones.Names[bone]];
                float[] expected = own == null ? others : Vectors.Floats(own);
                for (int i = 0; i < 4; i++)
                {
                    Assert.AreEqual(expected[i], pose[PoseFormat.RotationAt(bone) + i], 1e-6f, name + " " + bone);
                }
            }
        }

        private static void CheckVisemes(JArray rows, MediaHeader header, byte[] bytes, string name)
        {
            Assert.AreEqual(rows.Count, VisemeFormat.RowsIn(header.PayloadBytes), name);
            var weights = new float[VisemeFormat.Count];
            for (int row = 0; row < rows.Count; row++)
            {
                VisemeFormat.ReadRow(bytes, MediaHeader.Bytes + row * VisemeFormat.Count, weights, 0);
                for (int i = 0; i < VisemeFormat.Count; i++)
                {
                    JToken expected = rows[row][VisemeFormat.Names[i]];
                    Assert.AreEqual(expected == null ? 0.0 : (double)expected, weights[i], 1e-6, name);
                }
            }
        }

        private static void CheckCodes(JArray frames, MediaHeader header, byte[] bytes, string name)
        {
            int count = ((JArray)frames[0]).Count;
            var layout = new MotionCodes(1, count - 1, 7.5, null);
            Assert.AreEqual(frames.Count, layout.FramesIn(header.PayloadBytes), name);
            var codes = new ushort[count];
            for (int frame = 0; frame < frames.Count; frame++)
            {
                layout.ReadFrame(bytes, MediaHeader.Bytes, frame, codes);
                for (int i = 0; i < count; i++)
                {
                    Assert.AreEqual((int)frames[frame][i], codes[i], name);
                }
            }
        }

        private static void CheckWrites(JObject meaning, MediaHeader header, byte[] bytes, string name)
        {
            if (header.Flags != 0)
            {
                return;
            }
            var written = new byte[bytes.Length];
            new MediaHeader(header.Type, header.Epoch, header.Seq, header.Sample, header.PayloadBytes).Write(written);
            if (meaning["pcm16"] is JArray pcm)
            {
                for (int i = 0; i < pcm.Count; i++)
                {
                    LittleEndian.WriteUInt16(written, MediaHeader.Bytes + 2 * i, (ushort)(short)pcm[i]);
                }
            }
            else
            {
                System.Array.Copy(bytes, MediaHeader.Bytes, written, MediaHeader.Bytes, header.PayloadBytes);
            }
            Assert.AreEqual(bytes, written, name);
        }
    }
}
