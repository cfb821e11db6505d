using System;
using System.IO;
using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Solami.Protocol.Tests
{
    /// <summary>The golden vectors that every client of the project reads (tests/vectors of the project).</summary>
    internal static class Vectors
    {
        public static JArray Read(string room, string name)
        {
            string folder = Environment.GetEnvironmentVariable("SOLAMI_VECTORS");
            if (string.IsNullOrEmpty(folder))
            {
                Assert.Ignore("SOLAMI_VECTORS does not name the folder of golden vectors (tests/vectors)");
            }
            string text = File.ReadAllText(Path.Combine(Path.Combine(folder, room), name + ".json"));
            return (JArray)JObject.Parse(text)["vectors"];
        }

        public static float[] Floats(JToken list)
        {
            var array = (JArray)list;
            var floats = new float[array.Count];
            for (int i = 0; i < floats.Length; i++)
            {
                floats[i] = (float)(double)array[i];
            }
            return floats;
        }

        public static byte[] Bytes(string hex)
        {
            var bytes = new byte[hex.Length / 2];
            for (int i = 0; i < bytes.Length; i++)
            {
                bytes[i] = Convert.ToByte(hex.Substring(2 * i, 2), 16);
            }
            return bytes;
        }

        public static void AreSameRotation(float[] expected, float[] got, string what)
        {
            Assert.That(Quaternions.AngleDeg(expected, 0, got, 0), Is.LessThan(0.1f), what);
        }
    }
}
