using System;

namespace Solami.Protocol
{
    /// <summary>
    /// PCM16 samples of one reply by their place on its clock. What comes twice, late or out of order lands where it
    /// belongs; what is missing is silence. It grows where a reply is longer than it. Not safe on several threads.
    /// </summary>
    public sealed class SampleRing
    {
        private const long MostGap = 60 * 48000;
        private short[] _samples;
        private long _low;

        /// <summary>A ring for so many samples, rounded up to a power of two.</summary>
        public SampleRing(int capacity)
        {
            int size = 1024;
            while (size < capacity)
            {
                size *= 2;
            }
            _samples = new short[size];
        }

        /// <summary>One after the last sample that arrived.</summary>
        public long End { get; private set; }

        /// <summary>Samples that were left out and have not come since.</summary>
        public long Missing { get; private set; }

        /// <summary>Samples that came after their place had been played.</summary>
        public long Late { get; private set; }

        /// <summary>Empties it for a new clock.</summary>
        public void Clear()
        {
            _low = End = Missing = Late = 0;
        }

        /// <summary>Takes PCM16 bytes that start at a sample.</summary>
        /// <exception cref="ProtocolException">invalid_frame: they start a minute or more after all others.</exception>
        public void Write(long sample, byte[] bytes, int offset, int byteCount)
        {
            if (sample < 0 || sample - End > MostGap)
            {
                throw new ProtocolException("invalid_frame", $"Audio of sample {sample} cannot follow sample {End}.");
            }
            long last = sample + byteCount / 2;
            long first = Math.Max(sample, _low);
            Late += Math.Min(last, first) - sample;
            Grow(last);
            if (first > End)
            {
                Missing += first - End;
                for (long i = End; i < first; i++)
                {
                    _samples[i & (_samples.Length - 1)] = 0;
                }
            }
            else
            {
                Missing = Math.Max(0, Missing - Math.Max(0, Math.Min(last, End) - first));
            }
            for (long i = first; i < last; i++)
            {
                int at = offset + 2 * (int)(i - sample);
                _samples[i & (_samples.Length - 1)] = (short)LittleEndian.ReadUInt16(bytes, at);
            }
            End = Math.Max(End, last);
        }

        /// <summary>The sample at a place; silence where there is none.</summary>
        public float At(long sample)
        {
            bool isThere = sample >= _low && sample < End;
            return isThere ? Pcm16.ToFloat(_samples[sample & (_samples.Length - 1)]) : 0f;
        }

        /// <summary>A value between samples, by a cubic through four of them.</summary>
        public float Between(double sample)
        {
            long whole = (long)Math.Floor(sample);
            float t = (float)(sample - whole);
            float b = At(whole);
            if (t == 0f)
            {
                return b;
            }
            float a = At(whole - 1), c = At(whole + 1), d = At(whole + 2);
            float slopeB = 0.5f * (c - a), slopeC = 0.5f * (d - b);
            float cubic = 2f * (b - c) + slopeB + slopeC;
            float square = 3f * (c - b) - 2f * slopeB - slopeC;
            return ((cubic * t + square) * t + slopeB) * t + b;
        }

        /// <summary>Forgets what lies before a sample.</summary>
        public void DropBefore(long sample)
        {
            _low = Math.Max(_low, Math.Min(sample, End));
        }

        private void Grow(long last)
        {
            if (last - _low <= _samples.Length)
            {
                return;
            }
            int size = _samples.Length;
            while (size < last - _low)
            {
                size *= 2;
            }
            var larger = new short[size];
            for (long i = _low; i < End; i++)
            {
                larger[i & (size - 1)] = _samples[i & (_samples.Length - 1)];
            }
            _samples = larger;
        }
    }
}
