using System;

namespace Solami.Protocol
{
    /// <summary>Rows of 15 mouth-shape weights, one byte each.</summary>
    public static class VisemeFormat
    {
        /// <summary>Weights of one row.</summary>
        public const int Count = 15;

        /// <summary>Names of the weights in wire order.</summary>
        public static readonly string[] Names =
        {
            "sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou",
        };

        /// <summary>VRM's five mouth shapes, in the order <see cref="ToVrm"/> writes them.</summary>
        public static readonly string[] VrmNames = { "aa", "ih", "ou", "ee", "oh" };

        /// <summary>How many rows a payload holds.</summary>
        /// <exception cref="ProtocolException">invalid_visemes: not whole rows.</exception>
        public static int RowsIn(int payloadBytes)
        {
            if (payloadBytes % Count != 0)
            {
                throw new ProtocolException(
                    "invalid_visemes", $"Visemes have {Count} bytes a row; got {payloadBytes} bytes.");
            }
            return payloadBytes / Count;
        }

        /// <summary>One row as weights in 0 to 1.</summary>
        public static void ReadRow(byte[] bytes, int offset, float[] weights, int first)
        {
            for (int i = 0; i < Count; i++)
            {
                weights[first + i] = bytes[offset + i] / 255f;
            }
        }

        /// <summary>The sums of docs/protocol.md for avatars that have only VRM's five shapes.</summary>
        public static void ToVrm(float[] weights, float[] five)
        {
            five[0] = Math.Min(1f, weights[10] + 0.15f * weights[3] + 0.25f * weights[5]);
            five[1] = Math.Min(
                1f,
                weights[12] + 0.15f * weights[2] + 0.15f * weights[3] + 0.25f * weights[4] + 0.35f * weights[7]
                + 0.25f * weights[8]);
            five[2] = Math.Min(1f, weights[14] + 0.4f * weights[6] + 0.35f * weights[9]);
            five[3] = Math.Min(1f, weights[11]);
            five[4] = Math.Min(1f, weights[13]);
        }
    }
}
