using System;
using System.Collections.Generic;
using Solami.Protocol;
using UnityEngine;

namespace Solami.Live
{
    /// <summary>
    /// A/V skew with clicks and wrist flips: a click is heard when its sample leaves the device and the output latency is
    /// over, a flip is seen in the frame whose wrist has turned. See docs/howto/click_flip.md.
    /// </summary>
    internal sealed class ClickWatch
    {
        private const float Turned = 79f;
        private readonly Stage _stage;
        private readonly List<string> _failures;
        private readonly List<double> _clicksS = new List<double>();
        private readonly List<double> _flipsS = new List<double>();
        private readonly int _hand = Bones.IndexOf("rightHand");
        private float _before;
        private float _peak;
        private bool _isFlipped;
        private bool _isOver;

        public ClickWatch(Stage stage, List<string> failures)
        {
            _stage = stage;
            _failures = failures;
            stage.OnSample = Listen;
            stage.OnFrame = Look;
        }

        public void Play()
        {
            _stage.Until(() => _stage.Session.IsReady, "the session");
            _stage.Client.EventArrived += body => _isOver |= body is ResponseDone;
            _stage.Session.Say("clicks, please");
            _stage.Until(() => _stage.Client.Performer.Heard.Epoch != 0, "the reply");
            _stage.Run(2.0);
            _stage.ForgetAllocations();
            _stage.Until(() => _isOver && !_stage.Client.IsReplying, "the end of the clicks");
        }

        public void Report()
        {
            int count = Math.Min(_clicksS.Count, _flipsS.Count);
            var skewsMs = new List<double>();
            for (int i = 0; i < count; i++)
            {
                skewsMs.Add(1000 * Math.Abs(_flipsS[i] - _clicksS[i]));
            }
            skewsMs.Sort();
            double p95 = count == 0 ? double.NaN : skewsMs[(int)Math.Ceiling(0.95 * count) - 1];
            double perFrame = (double)_stage.QuietBytes / Math.Max(1, _stage.QuietFrames);
            Console.WriteLine(
                $"  {_clicksS.Count} clicks heard, {_flipsS.Count} flips seen, skew p95 {p95:F1} ms, "
                + $"largest {(count == 0 ? double.NaN : skewsMs[count - 1]):F1} ms, underruns {_stage.Client.Performer.Audio.Underruns}, "
                + $"{perFrame:F1} bytes a frame allocated");
            if (_clicksS.Count < 10 || _clicksS.Count != _flipsS.Count)
            {
                _failures.Add("clicks and flips do not match");
            }
            if (!(p95 <= 40))
            {
                _failures.Add("the skew is above 40 ms");
            }
        }

        private void Listen(long sample, float value)
        {
            if (value < 0.02f && _peak > 0.3f)
            {
                _peak = 0f;
            }
            bool isTop = _before > 0.3f && value < _before && _peak == 0f;
            if (isTop)
            {
                _peak = _before;
                _clicksS.Add((double)(sample - 1) / AudioSettings.outputSampleRate + _stage.Voice.OutputLatencyS);
            }
            _before = value;
        }

        private void Look()
        {
            float[] pose = _stage.Client.Performer.Pose;
            int at = PoseFormat.RotationAt(_hand);
            float turnDeg = 2f * Mathf.Atan2(Mathf.Abs(pose[at + 2]), Mathf.Abs(pose[at + 3])) * Mathf.Rad2Deg;
            bool isInReply = !double.IsNaN(_stage.Client.Performer.ShownSample);
            bool isChanged = _isFlipped ? turnDeg < 80f - Turned : turnDeg > Turned;
            if (isInReply && isChanged)
            {
                _isFlipped = !_isFlipped;
                _flipsS.Add(_stage.NowS);
            }
        }
    }
}
