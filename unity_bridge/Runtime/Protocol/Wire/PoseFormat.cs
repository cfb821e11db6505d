using System;

namespace Solami.Protocol
{
    /// <summary>A pose as 223 floats: hips x, y, z in metres, then a quaternion x, y, z, w for each bone.</summary>
    public static class PoseFormat
    {
        /// <summary>Floats of one pose.</summary>
        public const int Floats = 3 + 4 * Bones.Count;

        /// <summary>Bytes of one pose.</summary>
        public const int Bytes = 4 * Floats;

        /// <summary>Where the quaternion of a bone begins in a pose.</summary>
        public static int RotationAt(int bone)
        {
            return 3 + 4 * bone;
        }

        /// <summary>A pose with every bone at rest and the hips at their height.</summary>
        public static float[] Rest()
        {
            var pose = new float[Floats];
            pose[1] = Bones.HipsHeightM;
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                pose[RotationAt(bone) + 3] = 1f;
            }
            return pose;
        }

        /// <summary>How many poses a payload holds.</summary>
        /// <exception cref="ProtocolException">invalid_motion: not whole poses.</exception>
        public static int CountIn(int payloadBytes)
        {
            if (payloadBytes == 0 || payloadBytes % Bytes != 0)
            {
                throw new ProtocolException(
                    "invalid_motion", $"A motion payload has a multiple of {Bytes} bytes; got {payloadBytes}.");
            }
            return payloadBytes / Bytes;
        }

        /// <summary>Copies floats out of a message.</summary>
        public static void Read(byte[] bytes, int offset, float[] floats, int first, int count)
        {
            Copy(bytes, offset, floats, 4 * first, 4 * count);
        }

        /// <summary>Copies floats into a message.</summary>
        public static void Write(float[] floats, int first, int count, byte[] bytes, int offset)
        {
            Copy(floats, 4 * first, bytes, offset, 4 * count);
        }

        private static void Copy(Array from, int fromByte, Array to, int toByte, int count)
        {
            if (!BitConverter.IsLittleEndian)
            {
                throw new PlatformNotSupportedException("floats travel little-endian and this host is big-endian");
            }
            Buffer.BlockCopy(from, fromByte, to, toByte, count);
        }
    }
}
