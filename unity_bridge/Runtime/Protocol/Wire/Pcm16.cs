using System;

namespace Solami.Protocol
{
    /// <summary>Samples in -1 to 1 to PCM16 little-endian and back.</summary>
    public static class Pcm16
    {
        private const float Scale = 32767f;

        /// <summary>Reads samples; the lowest PCM value is clipped to -1.</summary>
        /// <exception cref="ProtocolException">invalid_audio: not whole samples.</exception>
        public static int Decode(byte[] bytes, int offset, int count, float[] samples)
        {
            if (count % 2 != 0)
            {
                throw new ProtocolException("invalid_audio", $"PCM16 audio has two bytes a sample; got {count} bytes.");
            }
            for (int i = 0; i < count / 2; i++)
            {
                samples[i] = ToFloat((short)LittleEndian.ReadUInt16(bytes, offset + 2 * i));
            }
            return count / 2;
        }

        /// <summary>Writes samples; louder ones are clipped. Returns the bytes written.</summary>
        public static int Encode(float[] samples, int first, int count, byte[] bytes, int offset)
        {
            for (int i = 0; i < count; i++)
            {
                float clipped = Math.Max(-1f, Math.Min(1f, samples[first + i]));
                LittleEndian.WriteUInt16(bytes, offset + 2 * i, (ushort)(short)Math.Round(clipped * Scale));
            }
            return 2 * count;
        }

        /// <summary>One PCM value as a sample.</summary>
        public static float ToFloat(short value)
        {
            return Math.Max(-1f, value / Scale);
        }
    }
}
