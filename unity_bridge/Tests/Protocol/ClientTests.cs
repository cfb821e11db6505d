using System;
using System.Collections.Generic;
using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Solami.Protocol.Tests
{
    /// <summary>A whole client against a scripted server, in simulated time.</summary>
    [TestFixture]
    public class ClientTests
    {
        private const double Step = 1.0 / 72;
        private FakeSockets _sockets;
        private SolamiClient _client;
        private FakeDevice _device;
        private double _nowS;

        [SetUp]
        public void Connect()
        {
            _sockets = new FakeSockets();
            _client = new SolamiClient(new ConnectionOptions(), new SessionSettings(), _sockets);
            _device = new FakeDevice(_client.Performer.Audio, 0.005);
            _nowS = 0;
            _client.Open(0);
            _sockets.Last.Arrive(ServerScript.Created("T"));
            Run(Step);
            _sockets.Last.Arrive(ServerScript.Updated());
            Run(Step);
        }

        private void Run(double seconds)
        {
            double end = _nowS + seconds;
            for (; _nowS < end; _nowS += Step)
            {
                _device.RunTo(_nowS);
                _client.Update(_nowS);
            }
        }

        private void Reply(int epoch, int beats)
        {
            _sockets.Last.Arrive(ServerScript.ResponseCreated(epoch));
            for (int beat = 0; beat < beats; beat++)
            {
                SendBeat(epoch, beat);
            }
        }

        private void SendBeat(int epoch, int beat)
        {
            long start = beat * 9600;
            byte[] poses = ServerScript.Poses(start, 12, stamp => 0.5f);
            byte[] sound = ServerScript.Sound(9600, i => 0.5f);
            uint seq = (uint)((epoch - 1) * 5 + beat);
            _sockets.Last.Arrive(ServerScript.Frame(MediaType.CharacterMotion, (uint)epoch, seq, start, poses));
            _sockets.Last.Arrive(ServerScript.Frame(MediaType.Audio, (uint)epoch, seq, start, sound));
        }

        [Test]
        public void TheUsersBodyComesBackFromTheMirrorAndRunsInRealTime()
        {
            double began = _nowS;
            for (int k = 0; k < 15; k++)
            {
                long start = k * 1600;
                byte[] body = ServerScript.Poses(start, 2, stamp => 0f);
                _sockets.Last.Arrive(ServerScript.Frame(MediaType.UserBody, 0, (uint)k, start, body));
                Run(2 / 30.0);
            }
            Assert.AreEqual(30, _client.Mirror.Taken);
            Assert.AreEqual(_nowS - began, _client.Mirror.Pose[0], 0.1, "shown at once, and as fast as it was made");
            Assert.AreEqual(0, _client.Performer.StaleFrames);
            Assert.AreEqual(0, _client.Performer.Frames.Lost);
        }

        [Test]
        public void AMirrorThatHasFallenBehindLeavesOutWhatIsOld()
        {
            byte[] body = ServerScript.Poses(0, 30, stamp => 0f);
            _sockets.Last.Arrive(ServerScript.Frame(MediaType.UserBody, 0, 0, 0, body));
            Run(2 * Step);
            Assert.AreEqual(29 / 30.0, _client.Mirror.Pose[0], 0.05);
        }

        [Test]
        public void AReplyIsPlayedWholeAndReported()
        {
            _client.Say("hello");
            Assert.IsTrue(_client.IsReplying);
            Assert.AreEqual(1, _sockets.Last.Sent("response.create").Count);
            Reply(1, 5);
            _sockets.Last.Arrive(ServerScript.ResponseDone(1, "completed"));
            Run(1.0);
            Assert.AreEqual(1, _client.Performer.Heard.Epoch);
            Run(1.5);
            Assert.IsFalse(_client.IsReplying);
            Assert.AreEqual(60, _client.Performer.PosesShown);
            Assert.AreEqual(0, _client.Performer.Frames.Lost);
            List<string> reports = _sockets.Last.Sent("output.playback").FindAll(text => text.Contains("resp_1"));
            Assert.That(reports.Count, Is.InRange(7, 10));
            JObject last = JObject.Parse(reports[6]);
            Assert.AreEqual("resp_1", (string)last["response_id"]);
            Assert.That((long)last["sample"], Is.GreaterThan(24000));
            Assert.AreEqual(_client.Connection.Ledger.Received, (long)last["received"]);
        }

        [Test]
        public void WhenTheUserSpeaksSilenceFollowsWithinAFrameAndTheBodyLeavesSmoothly()
        {
            Reply(1, 5);
            Run(1.0);
            float hand = Hand();
            Assert.AreEqual(0.5f, hand, 0.01f);
            _sockets.Last.Arrive(ServerScript.SpeechStarted());
            int asked = _device.Played.Count;
            Run(Step);
            Assert.AreEqual(1, _sockets.Last.Sent("output.playback").FindAll(t => t.Contains("resp_1")).Count - 4);
            Run(0.5);
            int lastLoud = _device.Played.FindLastIndex(sample => Math.Abs(sample) > 0.01f);
            double silenceMs = 1000.0 * (lastLoud - asked) / FakeDevice.RateHz;
            Assert.That(silenceMs, Is.LessThan(20 + 1000.0 * FakeDevice.BlockSamples / FakeDevice.RateHz + 15));
            Assert.AreEqual(0, _client.Performer.Epoch);
        }

        [Test]
        public void MediaOfACancelledReplyIsDroppedAndTheNextReplyPlays()
        {
            Reply(1, 3);
            Run(0.5);
            _client.Interrupt();
            JObject truncate = JObject.Parse(_sockets.Last.Sent("conversation.item.truncate")[0]);
            Assert.AreEqual("item_r1", (string)truncate["item_id"]);
            Assert.That((double)truncate["audio_end_ms"], Is.InRange(300, 500));
            SendBeat(1, 3);
            Run(0.2);
            Assert.AreEqual(2, _client.Performer.StaleFrames);
            Reply(2, 2);
            _sockets.Last.Arrive(ServerScript.ResponseDone(2, "completed"));
            Run(0.5);
            Assert.AreEqual(2, _client.Performer.Heard.Epoch);
            Run(1.0);
            Assert.AreEqual(24, _client.Performer.PosesShown);
        }

        [Test]
        public void TheBodyNeverJumpsBetweenIdlingAndReplies()
        {
            byte[] idle = ServerScript.Poses(0, 12, stamp => -0.5f);
            float last = float.NaN;
            float largest = 0;
            for (int i = 0; i < 500; i++)
            {
                if (i % 29 == 0)
                {
                    long start = i / 29 * 9600;
                    idle = ServerScript.Poses(start, 12, stamp => -0.5f);
                    _sockets.Last.Arrive(ServerScript.Frame(MediaType.CharacterMotion, 0, 0, start, idle));
                }
                if (i == 100)
                {
                    Reply(1, 3);
                    _sockets.Last.Arrive(ServerScript.ResponseDone(1, "completed"));
                }
                Run(Step);
                largest = i > 30 ? Math.Max(largest, Math.Abs(Hand() - last)) : 0;
                last = Hand();
            }
            Assert.AreEqual(-0.5f, last, 0.01f, "idling again");
            Assert.That(largest, Is.InRange(0.01f, 0.13f), "a radian in 0.2 s at 72 Hz is 0.07 a frame on average");
        }

        [Test]
        public void ADisconnectInsideAReplyLosesNoFrame()
        {
            Reply(1, 2);
            Run(0.3);
            _sockets.Last.Abort();
            Run(0.3);
            Assert.AreEqual(2, _sockets.Opened.Count);
            StringAssert.Contains("resume=T", _sockets.Last.Url);
            _sockets.Last.Arrive(ServerScript.Resumed(_client.Connection.Ledger.Sent, 6));
            for (int beat = 2; beat < 5; beat++)
            {
                SendBeat(1, beat);
            }
            _sockets.Last.Arrive(ServerScript.ResponseDone(1, "completed"));
            Run(2.5);
            Assert.AreEqual(60, _client.Performer.PosesShown);
            Assert.AreEqual(0, _client.Performer.Frames.Lost);
            Assert.AreEqual(0, _client.Performer.Audio.MissingSamples);
        }

        [Test]
        public void AReplyThatFailsOrSaysNothingEnds()
        {
            Reply(1, 0);
            _sockets.Last.Arrive(ServerScript.ResponseDone(1, "completed"));
            Run(0.3);
            Assert.IsFalse(_client.IsReplying);
            Reply(2, 2);
            Run(0.3);
            _sockets.Last.Arrive(ServerScript.ResponseDone(2, "failed"));
            Run(0.3);
            Assert.IsFalse(_client.IsReplying);
        }

        [Test]
        public void UserMediaCarriesRunningNumbers()
        {
            _client.User.SendAudio(new float[480], 0, 480);
            _client.User.SendMotion(new float[TrackerFormat.Floats], TrackerFormat.Floats);
            _client.User.SendAudio(new float[480], 0, 480);
            byte[] motion = _sockets.Last.Frames[1];
            byte[] audio = _sockets.Last.Frames[2];
            Assert.AreEqual(480, MediaHeader.Read(motion, motion.Length).Sample);
            Assert.AreEqual(MediaType.UserMotion, MediaHeader.Read(motion, motion.Length).Type);
            Assert.AreEqual(1, MediaHeader.Read(audio, audio.Length).Seq);
            Assert.AreEqual(960, MediaHeader.Read(audio, audio.Length).PayloadBytes);
        }

        [Test]
        public void SteadyStateMakesNoGarbage()
        {
            Reply(1, 50);
            Run(3);
            _device.Played.Capacity = 5000000;
            Run(0.1);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 720; i++)
            {
                _client.Performer.Update(_nowS + i * Step);
            }
            Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        private float Hand()
        {
            return 2 * (float)Math.Asin(_client.Performer.Pose[PoseFormat.RotationAt(Bones.IndexOf("rightHand")) + 2]);
        }
    }
}
