using System;
using System.Diagnostics;

namespace Solami
{
    /// <summary>
    /// Seconds since the start, the same on the main and on the audio thread. Unity's own times are either of one
    /// thread only or stand still within a frame or an audio block.
    /// </summary>
    public static class SolamiClock
    {
        private static readonly Stopwatch Watch = Stopwatch.StartNew();

        /// <summary>Another source of time, for tests; null: the real one.</summary>
        public static Func<double> Override { get; set; }

        /// <summary>Now, in seconds.</summary>
        public static double NowS
        {
            get
            {
                Func<double> other = Override;
                return other != null ? other() : Watch.Elapsed.TotalSeconds;
            }
        }
    }
}
