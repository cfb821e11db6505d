using System;

namespace Solami.Protocol
{
    /// <summary>
    /// What the character shows and says now: replies on the clock of what is heard, idling between them, blends where
    /// one follows the other. The audio thread calls <see cref="ReadAudio"/>, the main thread all else.
    /// </summary>
    public sealed class Performer
    {
        private const double ToReplyS = 0.2;
        private const double ToIdleS = 0.3;
        private const double FadeS = 0.02;
        private readonly PoseTrack _poses = new PoseTrack(1024);
        private readonly PoseBlender _blender = new PoseBlender();
        private readonly LeadEstimator _lead = new LeadEstimator();
        private readonly VisemeTrack _visemes;
        private readonly IdleClock _idle;
        private readonly float[] _next = PoseFormat.Rest();
        private readonly double _poseSamples;
        private uint _cancelledEpoch;
        private bool _showsReply;

        /// <summary>A performer of streams at these rates.</summary>
        public Performer(int audioRateHz, double motionFps, double visemeFps)
        {
            Audio = new AudioPlayer(audioRateHz, 30);
            _poseSamples = audioRateHz / motionFps;
            _visemes = new VisemeTrack(audioRateHz / Math.Max(visemeFps, 1));
            _idle = new IdleClock(audioRateHz, 0.1, 1.5, 0.5);
        }

        /// <summary>The voice.</summary>
        public AudioPlayer Audio { get; }

        /// <summary>Frames by their numbers.</summary>
        public SequenceCheck Frames { get; } = new SequenceCheck();

        /// <summary>The pose to show, in the right-handed axes of the wire; valid after <see cref="Update"/>.</summary>
        public float[] Pose { get; } = PoseFormat.Rest();

        /// <summary>The mouth to show, 15 weights.</summary>
        public float[] Mouth { get; } = new float[VisemeFormat.Count];

        /// <summary>The reply that is held; 0: none.</summary>
        public uint Epoch { get; private set; }

        /// <summary>What is heard as the pose is shown.</summary>
        public HeardPoint Heard { get; private set; }

        /// <summary>The place on the reply's clock that the shown pose belongs to; NaN while idling.</summary>
        public double ShownSample { get; private set; }

        /// <summary>Poses of the reply whose time has come.</summary>
        public long PosesShown => _poses.Shown;

        /// <summary>Poses that came after their time.</summary>
        public long PosesLate => _poses.Late;

        /// <summary>Frames of replies that had been cancelled.</summary>
        public long StaleFrames { get; private set; }

        /// <summary>The lead of the next reply, in seconds.</summary>
        public double LeadS => _lead.LeadS;

        /// <summary>A reply begins; what is left of another one is faded.</summary>
        public void Begin(uint epoch, double nowS)
        {
            if (Epoch != 0)
            {
                Interrupt(nowS);
            }
            Epoch = epoch;
            _lead.Begin();
            _poses.Clear();
            _visemes.Clear();
            Audio.Begin(epoch, _lead.LeadS);
        }

        /// <summary>Takes a media frame.</summary>
        public void Take(MediaHeader header, byte[] message, int offset, double nowS)
        {
            bool isOurs = header.Epoch == Epoch && Epoch != 0;
            if (header.Type == MediaType.CharacterMotion && header.Epoch == 0)
            {
                TakeIdle(header, message, offset, nowS);
            }
            else if (!isOurs || header.Epoch <= _cancelledEpoch)
            {
                StaleFrames++;
            }
            else if (header.Type == MediaType.Audio)
            {
                _lead.Note((double)header.Sample / Audio.RateHz, nowS);
                Audio.Append(header.Sample, message, offset, header.PayloadBytes);
            }
            else if (header.Type == MediaType.CharacterMotion)
            {
                TakePoses(header, message, offset);
            }
            else if (header.Type == MediaType.Visemes)
            {
                _visemes.Add(header.Sample, message, offset, header.PayloadBytes);
            }
        }

        /// <summary>All of the reply has come; its body may move on after its sound.</summary>
        public void Finish()
        {
            double end = double.IsNaN(_poses.LastStamp) ? 0 : _poses.LastStamp + _poseSamples;
            Audio.Finish((long)end);
        }

        /// <summary>
        /// Silences the reply within 20 ms and leads the body to idling. Returns the sample heard last.
        /// </summary>
        public double Interrupt(double nowS)
        {
            HeardPoint heard = Audio.HeardAt(nowS);
            bool wasHeard = Epoch != 0 && heard.Epoch == Epoch;
            _cancelledEpoch = Math.Max(_cancelledEpoch, Epoch);
            Audio.Stop(FadeS);
            Epoch = 0;
            LeaveReply(nowS);
            return wasHeard ? heard.Sample : 0;
        }

        /// <summary>Another session: epochs and numbers begin again.</summary>
        public void Reset(double nowS)
        {
            Interrupt(nowS);
            _cancelledEpoch = 0;
            _idle.Clear();
            Frames.Clear();
        }

        /// <summary>Sets <see cref="Pose"/> and <see cref="Mouth"/> to what belongs to the sound heard now.</summary>
        public void Update(double nowS)
        {
            Heard = Audio.HeardAt(nowS);
            bool isHeard = Epoch != 0 && Heard.Epoch == Epoch;
            if (isHeard && !_showsReply)
            {
                _showsReply = true;
                _idle.Clear();
                _blender.Begin(Pose, nowS, ToReplyS);
            }
            else if (!isHeard && (_showsReply || Audio.Epoch == 0))
            {
                Epoch = 0;
                LeaveReply(nowS);
            }
            ShowBody(nowS);
        }

        /// <summary>Fills one block of the device, mono. For the audio thread.</summary>
        public void ReadAudio(float[] output, int count, int deviceRateHz, double stampS)
        {
            Audio.Read(output, count, deviceRateHz, stampS);
        }

        private void ShowBody(double nowS)
        {
            if (_showsReply)
            {
                ShownSample = Heard.Sample;
                _poses.Read(Heard.Sample, Pose);
                _visemes.Read(Heard.Sample, Mouth);
            }
            else
            {
                ShownSample = double.NaN;
                VisemeTrack.Rest(Mouth);
                if (_idle.Read(nowS, _next))
                {
                    _blender.Begin(Pose, nowS, ToReplyS);
                }
                if (!_idle.HasPose)
                {
                    return;
                }
                Array.Copy(_next, Pose, Pose.Length);
            }
            _blender.Apply(Pose, nowS);
        }

        private void LeaveReply(double nowS)
        {
            if (_showsReply)
            {
                _showsReply = false;
                _blender.Begin(Pose, nowS, ToIdleS);
            }
        }

        private void TakeIdle(MediaHeader header, byte[] message, int offset, double nowS)
        {
            int count = PoseFormat.CountIn(header.PayloadBytes);
            bool wasEmpty = !_idle.HasPose;
            for (int i = 0; i < count; i++)
            {
                _idle.Add(header.Sample + i * _poseSamples, message, offset + i * PoseFormat.Bytes, nowS);
            }
            if (wasEmpty && !_showsReply)
            {
                _blender.Begin(Pose, nowS, ToIdleS);
            }
        }

        private void TakePoses(MediaHeader header, byte[] message, int offset)
        {
            int count = PoseFormat.CountIn(header.PayloadBytes);
            for (int i = 0; i < count; i++)
            {
                _poses.Add(header.Sample + i * _poseSamples, message, offset + i * PoseFormat.Bytes);
            }
        }
    }
}
