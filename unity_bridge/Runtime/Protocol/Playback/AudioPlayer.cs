using System;

namespace Solami.Protocol
{
    /// <summary>
    /// The character's voice between the network and the sound card: waits for its lead, plays, pauses when it runs
    /// dry, fades when interrupted. One thread appends, the audio thread reads.
    /// </summary>
    public sealed class AudioPlayer
    {
        private const double RampS = 0.005;
        private const int TailCapacity = 4096;
        private readonly object _lock = new object();
        private readonly SampleRing _ring;
        private readonly PlaybackClock _clock = new PlaybackClock();
        private readonly float[] _tail = new float[TailCapacity];
        private int _tailLength;
        private double _tailAt;
        private double _leadS;
        private double _position;
        private long _end = -1;
        private bool _isRunning;
        private bool _hasBegun;
        private double _resumedAt;

        /// <summary>A player of sound at this rate, with room for so many seconds before it must grow.</summary>
        public AudioPlayer(int rateHz, double capacityS)
        {
            RateHz = rateHz;
            _ring = new SampleRing((int)(rateHz * capacityS));
        }

        /// <summary>Rate of the voice.</summary>
        public int RateHz { get; }

        /// <summary>The reply that is held; 0: none.</summary>
        public uint Epoch { get; private set; }

        /// <summary>How often the reply ran dry.</summary>
        public int Underruns { get; private set; }

        /// <summary>Samples that never came.</summary>
        public long MissingSamples => _ring.Missing;

        /// <summary>Samples that came after their time.</summary>
        public long LateSamples => _ring.Late;

        /// <summary>Whether sound is leaving.</summary>
        public bool IsRunning => _isRunning;

        /// <summary>Seconds of sound that have arrived and are not yet written to the device.</summary>
        public double BufferedS => Epoch == 0 ? 0 : (_ring.End - _position) / RateHz;

        /// <summary>From the callback to the ear, in seconds.</summary>
        public double OutputLatencyS
        {
            set
            {
                lock (_lock)
                {
                    _clock.OutputLatencyS = value;
                }
            }
        }

        /// <summary>A reply begins; it is played once so many seconds of it are here.</summary>
        public void Begin(uint epoch, double leadS)
        {
            lock (_lock)
            {
                _ring.Clear();
                Epoch = epoch;
                Underruns = 0;
                _leadS = leadS;
                _position = 0;
                _end = -1;
                _resumedAt = -RampS * RateHz;
                _isRunning = _hasBegun = false;
            }
        }

        /// <summary>PCM16 of the reply.</summary>
        public void Append(ulong sample, byte[] bytes, int offset, int byteCount)
        {
            lock (_lock)
            {
                _ring.Write((long)sample, bytes, offset, byteCount);
            }
        }

        /// <summary>
        /// Nothing more will come; the reply ends at this sample, or where its sound ends if that is later.
        /// </summary>
        public void Finish(long endSample)
        {
            lock (_lock)
            {
                _end = Math.Max(endSample, _ring.End);
            }
        }

        /// <summary>Fades what is playing and forgets the reply.</summary>
        public void Stop(double fadeS)
        {
            lock (_lock)
            {
                _tailLength = _isRunning ? Math.Min(TailCapacity, (int)(fadeS * RateHz)) : 0;
                _tailAt = 0;
                for (int i = 0; i < _tailLength; i++)
                {
                    _tail[i] = _ring.Between(_position + i) * (1f - (float)i / _tailLength);
                }
                Epoch = 0;
                _isRunning = false;
            }
        }

        /// <summary>What is heard at a time.</summary>
        public HeardPoint HeardAt(double nowS)
        {
            lock (_lock)
            {
                return _clock.At(nowS);
            }
        }

        /// <summary>Fills one block of the device, mono at the device's rate. For the audio thread.</summary>
        public void Read(float[] output, int count, int deviceRateHz, double stampS)
        {
            lock (_lock)
            {
                _clock.BeginBlock(stampS);
                Array.Clear(output, 0, count);
                double step = (double)RateHz / deviceRateHz;
                int played = Play(output, count, step);
                if (played < count)
                {
                    _clock.Add((double)(count - played) / deviceRateHz, _hasBegun ? Epoch : 0, _position, _position);
                }
                PlayTail(output, count, step);
            }
        }

        private int Play(float[] output, int count, double step)
        {
            if (Epoch == 0 || !MayRun(count * step))
            {
                return 0;
            }
            double first = _position;
            double limit = _end >= 0 ? _end : _ring.End;
            int n = (int)Math.Max(0, Math.Min(count, Math.Ceiling((limit - first) / step)));
            for (int i = 0; i < n; i++)
            {
                output[i] = _ring.Between(first + i * step) * Gain(first + i * step);
            }
            _position = first + n * step;
            _ring.DropBefore((long)_position - 2);
            _clock.Add(n * step / RateHz, Epoch, first, _position);
            EndRun(n < count);
            return n;
        }

        private bool MayRun(double needed)
        {
            if (!_isRunning)
            {
                _isRunning = _end >= 0 || _ring.End - _position >= Math.Max(_leadS * RateHz, needed);
                _resumedAt = _isRunning && _hasBegun ? _position : _resumedAt;
                _hasBegun |= _isRunning;
            }
            return _isRunning;
        }

        private float Gain(double sample)
        {
            double ramp = RampS * RateHz;
            double left = _end >= 0 ? ramp : _ring.End - sample;
            return (float)Math.Max(0.0, Math.Min(1.0, Math.Min(left, sample - _resumedAt) / ramp));
        }

        private void EndRun(bool isDry)
        {
            if (!isDry)
            {
                return;
            }
            if (_end >= 0)
            {
                Epoch = 0;
            }
            else
            {
                Underruns++;
            }
            _isRunning = false;
        }

        private void PlayTail(float[] output, int count, double step)
        {
            for (int i = 0; i < count && _tailAt < _tailLength; i++)
            {
                output[i] += _tail[(int)_tailAt];
                _tailAt += step;
            }
        }
    }
}
