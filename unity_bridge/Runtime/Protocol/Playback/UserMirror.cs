namespace Solami.Protocol
{
    /// <summary>
    /// The user's whole body as the server makes it of three points, for an avatar of the user's own.
    /// </summary>
    public sealed class UserMirror
    {
        private const double LeadS = 0.04;
        private const double MostWaitingS = 0.25;
        private readonly IdleClock _clock;
        private readonly double _poseSamples;

        /// <summary>A mirror of poses at these rates.</summary>
        public UserMirror(int audioRateHz, double motionFps)
        {
            _clock = new IdleClock(audioRateHz, LeadS, MostWaitingS, LeadS);
            _poseSamples = audioRateHz / motionFps;
        }

        /// <summary>
        /// The pose to show, in the right-handed axes of the wire; the rest pose before any has come.
        /// </summary>
        public float[] Pose { get; } = PoseFormat.Rest();

        /// <summary>Poses that have come.</summary>
        public long Taken { get; private set; }

        /// <summary>Takes a media frame of the user's body.</summary>
        public void Take(MediaHeader header, byte[] message, int offset, double nowS)
        {
            int count = PoseFormat.CountIn(header.PayloadBytes);
            for (int i = 0; i < count; i++)
            {
                _clock.Add(header.Sample + i * _poseSamples, message, offset + i * PoseFormat.Bytes, nowS);
            }
            Taken += count;
        }

        /// <summary>Sets <see cref="Pose"/> to that of this moment.</summary>
        public void Update(double nowS)
        {
            _clock.Read(nowS, Pose);
        }

        /// <summary>Another session: its clock begins again.</summary>
        public void Clear()
        {
            _clock.Clear();
            Taken = 0;
        }
    }
}
