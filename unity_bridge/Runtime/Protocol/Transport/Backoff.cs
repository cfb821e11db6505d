using System;

namespace Solami.Protocol
{
    /// <summary>How long to wait before the next try to connect: 0, 1, 2, 4, 8, 15, then 30 s.</summary>
    public sealed class Backoff
    {
        private static readonly double[] WaitsS = { 0, 1, 2, 4, 8, 15, 30 };

        /// <summary>Tries since the last success.</summary>
        public int Tries { get; private set; }

        /// <summary>The wait before the next try, which it counts; at least as long as the server asked for.</summary>
        public double NextS(double askedS)
        {
            double wait = WaitsS[Math.Min(Tries, WaitsS.Length - 1)];
            Tries++;
            return Math.Max(wait, askedS);
        }

        /// <summary>A connection stands.</summary>
        public void Succeeded()
        {
            Tries = 0;
        }
    }
}
