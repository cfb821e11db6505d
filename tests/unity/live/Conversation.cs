using System;
using System.Collections.Generic;
using Solami.Protocol;
using UnityEngine;

namespace Solami.Live
{
    /// <summary>Several turns with a real server: typed, spoken, interrupted and cut.</summary>
    internal sealed class Conversation
    {
        private const double MostBytesAFrame = 16; // now and then a pool makes one more buffer; garbage a frame would be more
        private readonly Stage _stage;
        private readonly List<string> _failures;
        private ResponseDone _done;
        private long _framesApplied;
        private double _largestGapMs;
        private double _stillS;
        private double _lastShown = double.NaN;

        public Conversation(Stage stage, List<string> failures)
        {
            _stage = stage;
            _failures = failures;
            stage.OnFrame = Watch;
        }

        public void Play()
        {
            _stage.Until(() => _stage.Session.IsReady, "the session");
            _stage.Client.EventArrived += Note;
            Turn("typed", () => _stage.Session.Say("Hello, can you wave to me?"), null);
            _stage.ForgetAllocations();
            Turn("spoken", Speak, null);
            long mirrored = _stage.Client.Mirror.Taken;
            Console.WriteLine($"  {mirrored} poses of the user came back from the mirror");
            Expect(mirrored > 20, "the user's body does not come back from the mirror");
            BargeIn();
            Turn("cut", () => _stage.Session.Say("Please tell me something about your day."), Cut);
            Turn("after the cut", () => _stage.Session.Say("Thank you, goodbye."), null);
        }

        public void Report()
        {
            Performer performer = _stage.Client.Performer;
            double perFrame = (double)_stage.QuietBytes / Math.Max(1, _stage.QuietFrames);
            Console.WriteLine(
                $"  poses applied {_framesApplied}, media frames {performer.Frames.Taken}, lost {performer.Frames.Lost}, "
                + $"late poses {performer.PosesLate}, largest gap {_largestGapMs:F0} ms, resumes {_stage.Client.Connection.Resumes}");
            Console.WriteLine(
                $"  allocations in steady state {perFrame:F1} bytes a frame over {_stage.QuietFrames} frames; "
                + $"{_stage.Frames} frames of the game");
            Expect(performer.Frames.Lost == 0, "media frames were lost");
            Expect(_stage.Client.Connection.Ledger.Lost == 0, "messages of the user were lost");
            Expect(_stage.Client.Connection.Resumes == 1, "the session was not resumed exactly once");
            Expect(perFrame < MostBytesAFrame, $"{perFrame:F1} bytes are allocated a frame");
        }

        private void Turn(string name, Action begin, Action during)
        {
            _done = null;
            begin();
            _stage.Until(() => _stage.Client.Performer.Heard.Epoch != 0, "the reply of turn " + name);
            during?.Invoke();
            _stage.Until(() => _done != null, "the end of turn " + name);
            _stage.Until(() => !_stage.Client.IsReplying, "silence after turn " + name);
            Performer performer = _stage.Client.Performer;
            _framesApplied += performer.PosesShown;
            Console.WriteLine(
                $"  {_stage.WallS:F0} s: turn {name}: {_done.Status}, {_done.AudioSamples} samples, {_done.MotionFrames} poses sent, "
                + $"{performer.PosesShown} applied, lead {1000 * performer.LeadS:F0} ms, "
                + $"underruns {performer.Audio.Underruns}, sound {1000 * _stage.Client.ReplyToSoundS:F0} ms after the announcement");
            Expect(performer.PosesShown == _done.MotionFrames, "turn " + name + ": poses sent and applied differ");
            Expect(performer.Audio.MissingSamples == 0, "turn " + name + ": samples are missing");
            Expect(_done.AudioSamples > 0 && _done.MotionFrames > 0, "turn " + name + ": an empty reply");
            _stage.Run(0.3);
        }

        private void Speak()
        {
            _stage.Microphone.Hold = true;
            _stage.Trackers.enabled = true;
            for (int i = 0; i < 72; i++)
            {
                UnityEngine.Microphone.Record(t => 0.3f * (float)Math.Sin(2 * Math.PI * 200 * t), Stage.StepS);
                _stage.Step();
            }
            _stage.Microphone.Hold = false;
            _stage.Trackers.enabled = false;
            _stage.Step();
        }

        private void Cut()
        {
            _stage.Run(0.4);
            _stage.Client.Connection.BreakSocket();
            _stage.Until(() => !_stage.Session.IsReady, "the cut");
            _stage.Until(() => _stage.Session.IsReady, "the resumed session");
        }

        private void BargeIn()
        {
            _done = null;
            _stage.Session.Say("Now tell me a long story, please.");
            _stage.Until(() => _stage.Client.Performer.Heard.Epoch != 0, "the reply to interrupt");
            _stage.Run(0.5);
            long asked = _stage.DeviceSamples;
            _stage.Session.Interrupt();
            _stage.Run(1.0);
            double silenceMs = Math.Max(0, 1000.0 * (_stage.LastLoud - asked) / AudioSettings.outputSampleRate);
            Console.WriteLine($"  {_stage.WallS:F0} s: turn interrupted: silence {silenceMs:F0} ms after the interruption, as the device was filled");
            Expect(silenceMs <= 60, "the interruption was heard too late");
            Expect(_stage.Client.Performer.Epoch == 0 && double.IsNaN(_stage.Client.Performer.ShownSample), "the body goes on");
            _stage.Until(() => _done != null, "the end of the interrupted turn");
        }

        private void Watch()
        {
            double shown = _stage.Client.Performer.ShownSample;
            int rateHz = _stage.Client.Performer.Audio.RateHz;
            bool isInReply = !double.IsNaN(shown) && !double.IsNaN(_lastShown);
            _stillS = isInReply && shown <= _lastShown ? _stillS + Stage.StepS : 0;
            double jumpS = isInReply ? (shown - _lastShown) / rateHz : 0;
            _largestGapMs = Math.Max(_largestGapMs, 1000 * Math.Max(jumpS, _stillS));
            _lastShown = shown;
        }

        private void Note(ServerEvent body)
        {
            if (body is ResponseDone done)
            {
                _done = done;
            }
            if (body is ErrorEvent error)
            {
                _failures.Add("the server says " + error.Code + ": " + error.Message);
            }
        }

        private void Expect(bool isTrue, string failure)
        {
            if (!isTrue)
            {
                _failures.Add(failure);
            }
        }
    }
}
