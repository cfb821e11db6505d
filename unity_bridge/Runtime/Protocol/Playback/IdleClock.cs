using System;

namespace Solami.Protocol
{
    /// <summary>
    /// Poses without a sound, between replies or of the user, on a clock of their own that runs in real time. A late
    /// pose holds the clock back, too much waiting moves it on.
    /// </summary>
    public sealed class IdleClock
    {
        private readonly PoseTrack _track = new PoseTrack(256);
        private readonly double _rateHz;
        private readonly double _leadS;
        private readonly double _mostWaitingS;
        private readonly double _keptWaitingS;
        private double _originS = double.NaN;

        /// <summary>
        /// A clock whose stamps count samples at this rate. The first pose is shown so long after it came; where more
        /// than the most is waiting, all but what is kept is left out.
        /// </summary>
        public IdleClock(double rateHz, double leadS, double mostWaitingS, double keptWaitingS)
        {
            _rateHz = rateHz;
            _leadS = leadS;
            _mostWaitingS = mostWaitingS;
            _keptWaitingS = keptWaitingS;
        }

        /// <summary>Whether there is a pose to show.</summary>
        public bool HasPose => _track.Count > 0;

        /// <summary>How often the clock had to jump over waiting poses.</summary>
        public int Jumps { get; private set; }

        /// <summary>Forgets what is waiting: a reply goes on from here.</summary>
        public void Clear()
        {
            _track.Clear();
            _originS = double.NaN;
        }

        /// <summary>Takes a pose.</summary>
        public void Add(double stamp, byte[] message, int offset, double nowS)
        {
            bool isHeld = !double.IsNaN(_originS) && _track.Count > 0 && AtSample(nowS) > _track.LastStamp;
            _track.Add(stamp, message, offset);
            if (isHeld && AtSample(nowS) > stamp)
            {
                _originS = nowS - stamp / _rateHz;
            }
        }

        /// <summary>The pose to show. True where the clock jumped, so that the caller blends.</summary>
        public bool Read(double nowS, float[] pose)
        {
            if (_track.Count == 0)
            {
                return false;
            }
            if (double.IsNaN(_originS))
            {
                _originS = nowS + _leadS - _track.FirstStamp / _rateHz;
            }
            double waitingS = (_track.LastStamp - AtSample(nowS)) / _rateHz;
            bool isJump = waitingS > _mostWaitingS;
            if (isJump)
            {
                _originS -= waitingS - _keptWaitingS;
                Jumps++;
            }
            _track.Read(AtSample(nowS), pose);
            return isJump;
        }

        private double AtSample(double nowS)
        {
            return (nowS - _originS) * _rateHz;
        }
    }
}
