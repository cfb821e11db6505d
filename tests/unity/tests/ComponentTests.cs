using System;
using System.Collections.Generic;
using Newtonsoft.Json.Linq;
using NUnit.Framework;
using Solami.Protocol;
using Solami.Protocol.Tests;
using UnityEngine;
using UnityEngine.Stubs;
using UnityEngine.XR;

namespace Solami.Tests
{
    /// <summary>The components together, stepped at 72 Hz against a scripted socket.</summary>
    [TestFixture]
    public class ComponentTests
    {
        private const double Step = 1.0 / 72;
        private PlayerLoop _loop;
        private FakeSockets _sockets;
        private SolamiSession _session;
        private GameObject _character;

        [SetUp]
        public void Prepare()
        {
            _loop = new PlayerLoop();
            SolamiClock.Override = () => _loop.NowS;
            _sockets = new FakeSockets();
            _character = new GameObject("character");
            Scenes.Skeleton(_character.transform, Scenes.SomeTurn, null);
            _session = _character.AddComponent<SolamiSession>();
            _session.Sockets = _sockets;
            InputTracking.Nodes.Clear();
            Camera.main = null;
        }

        [TearDown]
        public void Leave()
        {
            _loop.Quit();
            SolamiClock.Override = null;
        }

        private void Begin()
        {
            _loop.Add(_character);
            Run(Step);
            _sockets.Last.Arrive(ServerScript.Created("T"));
            Run(2 * Step);
            _sockets.Last.Arrive(ServerScript.Updated());
            Run(2 * Step);
            Assert.IsTrue(_session.IsReady);
        }

        private void Run(double seconds)
        {
            for (double end = _loop.NowS + seconds - 1e-9; _loop.NowS < end;)
            {
                _loop.Step(Step);
            }
        }

        private void Reply(int beats)
        {
            _sockets.Last.Arrive(ServerScript.ResponseCreated(1));
            for (int beat = 0; beat < beats; beat++)
            {
                long start = beat * 9600;
                byte[] poses = ServerScript.Poses(start, 12, stamp => 0.5f);
                byte[] sound = ServerScript.Sound(9600, i => 0.25f);
                var mouth = new byte[10 * VisemeFormat.Count];
                for (int row = 0; row < 10; row++)
                {
                    mouth[row * VisemeFormat.Count + 10] = 255;
                }
                uint seq = (uint)beat;
                _sockets.Last.Arrive(ServerScript.Frame(MediaType.CharacterMotion, 1, seq, start, poses));
                _sockets.Last.Arrive(ServerScript.Frame(MediaType.Visemes, 1, seq, start, mouth));
                _sockets.Last.Arrive(ServerScript.Frame(MediaType.Audio, 1, seq, start, sound));
            }
            _sockets.Last.Arrive(ServerScript.ResponseDone(1, "completed"));
        }

        [Test]
        public void AReplyMovesTheAvatarSoundsAndMovesTheMouth()
        {
            SolamiAvatar avatar = _character.AddComponent<SolamiAvatar>();
            SolamiFace face = _character.AddComponent<SolamiFace>();
            var renderer = _character.AddComponent<SkinnedMeshRenderer>();
            renderer.sharedMesh = new Mesh("face.blink", "face.aa", "face.ih", "face.ou", "face.ee", "face.oh");
            _character.AddComponent<SolamiVoice>();
            float loudest = 0f;
            _loop.Heard = (data, channels) => loudest = Math.Max(loudest, data[100]);
            Begin();
            Reply(5);
            Run(1.0);
            Assert.IsTrue(face.HasMouth);
            Assert.AreEqual(0.25f, loudest, 0.01f);
            Assert.AreEqual(100f, renderer.GetBlendShapeWeight(1), 1f);
            int hand = Bones.IndexOf("rightHand");
            Quaternion turned = avatar.Rig[hand].rotation * Quaternion.Inverse(Scenes.SomeTurn(hand));
            Assert.AreEqual(0f, Quaternion.Angle(Quaternion.Euler(0f, 0f, -0.5f * Mathf.Rad2Deg), turned), 1f);
            Run(1.8);
            Assert.AreEqual(0f, renderer.GetBlendShapeWeight(1), 1f);
        }

        [Test]
        public void PushToTalkSendsTheVoiceWhileHeldAndAsksForTheReply()
        {
            var microphone = _character.AddComponent<SolamiMicrophone>();
            Begin();
            RunTalking(0.2, null);
            Assert.AreEqual(0, _sockets.Last.Frames.Count);
            microphone.Hold = true;
            RunTalking(1.0, microphone);
            microphone.Hold = false;
            Run(2 * Step);
            Assert.AreEqual(1, _sockets.Last.Sent("response.create").Count);
            Assert.That(_sockets.Last.Frames.Count, Is.InRange(46, 50));
            CheckTone(_sockets.Last.Frames);
        }

        [Test]
        public void ThreePointsFollowTheirRateInTheAxesOfTheWire()
        {
            _session.UserMotion = UserMotionSource.ThreePoints;
            _session.UserMotionFps = 60;
            _character.AddComponent<SolamiTrackers>();
            Begin();
            InputTracking.Nodes.Add(new XRNodeState
            {
                nodeType = XRNode.LeftHand, tracked = true, position = new Vector3(-0.3f, 1.2f, 0.4f),
                rotation = Quaternion.Euler(0f, 90f, 0f),
            });
            _sockets.Last.Frames.Clear();
            Run(2.0);
            int samples = 0;
            foreach (byte[] frame in _sockets.Last.Frames)
            {
                samples += MediaHeader.Read(frame, frame.Length).PayloadBytes / TrackerFormat.Bytes;
            }
            Assert.That(samples, Is.InRange(117, 122));
            var floats = new float[TrackerFormat.Floats];
            PoseFormat.Read(_sockets.Last.Frames[5], MediaHeader.Bytes, floats, 0, floats.Length);
            Assert.AreEqual(0f, floats[7], "the head is not tracked");
            Assert.AreEqual(1f, floats[15]);
            Assert.AreEqual(0.3f, floats[8], 1e-6f, "left is +X");
            Assert.AreEqual(-0.7071f, floats[12], 1e-4f, "a turn to the right is negative about Y");
        }

        [Test]
        public void AFullBodyIsSentAtThirtyPosesASecondWithItsOrigins()
        {
            _session.UserMotion = UserMotionSource.FullBody;
            var body = new GameObject("user");
            Transform[] bones = Scenes.Skeleton(body.transform, Scenes.SomeTurn, new List<string> { "jaw" });
            SolamiBodySource source = body.AddComponent<SolamiBodySource>();
            source.Session = _session;
            Begin();
            _loop.Add(body);
            Quaternion rest = bones[20].localRotation;
            RigBuilder.FromNames(body.transform, null).Apply(Scenes.GoldenPose(), true);
            Assert.That(Quaternion.Angle(rest, bones[20].localRotation), Is.GreaterThan(1f));
            _sockets.Last.Frames.Clear();
            Run(1.0);
            Assert.That(_sockets.Last.Frames.Count, Is.InRange(29, 31));
            byte[] frame = _sockets.Last.Frames[10];
            var sent = new float[PoseFormat.Floats];
            PoseFormat.Read(frame, MediaHeader.Bytes, sent, 0, sent.Length);
            float[] golden = Scenes.GoldenPose();
            int hand = PoseFormat.RotationAt(20);
            Assert.AreEqual(0f, Quaternions.AngleDeg(golden, hand, sent, hand), 0.1f);
            Assert.AreEqual(JointOrigin.Missing, source.OriginOf(Bones.IndexOf("jaw")));
            Assert.AreEqual(JointOrigin.Inferred, source.OriginOf(Bones.IndexOf("leftLowerLeg")));
            Assert.AreEqual(JointOrigin.Measured, source.OriginOf(Bones.IndexOf("head")));
        }

        [Test]
        public void TheGazeTurnsToTheUserWithinItsLimits()
        {
            _character.AddComponent<SolamiAvatar>();
            SolamiGaze gaze = _character.AddComponent<SolamiGaze>();
            Transform user = new GameObject("user").transform;
            gaze.Target = user;
            Begin();
            user.position = new Vector3(1f, 1.6f, 1f);
            Run(2.0);
            Assert.AreEqual(0.6f * 45f, gaze.TurnDeg.x, 3f);
            user.position = new Vector3(10f, 1.6f, -1f);
            Run(2.0);
            Assert.AreEqual(0.6f * 70f, gaze.TurnDeg.x, 1f);
            user.position = new Vector3(0f, 1.6f, -3f);
            Run(3.0);
            Assert.AreEqual(0f, gaze.TurnDeg.x, 1f, "nobody turns the head round to the back");
        }

        [Test]
        public void WhereTheUserStandsHasTheSignsOfTheProtocol()
        {
            var place = new Vector3(-1f, 1.6f, 1f);
            Vector3 facing = Quaternion.Euler(20f, 135f, 0f) * Vector3.forward;
            PlacementSettings seen = SolamiUserPlace.Seen(Vector3.zero, Vector3.forward, place, facing);
            Assert.AreEqual(Math.Sqrt(2), seen.DistanceM, 1e-4);
            Assert.AreEqual(Math.PI / 4, seen.BearingRad, 1e-4, "to its left is positive");
            Assert.AreEqual(0, seen.FacingRad, 1e-4, "the user looks at the character");
            facing = Quaternion.Euler(0f, 105f, 0f) * Vector3.forward;
            seen = SolamiUserPlace.Seen(Vector3.zero, Vector3.forward, place, facing);
            Assert.AreEqual(Math.PI / 6, seen.FacingRad, 1e-4, "turned 30 degrees to the left of that");
        }

        [Test]
        public void TheUserIsSeenFromWhereTheBodyHasWalked()
        {
            _character.AddComponent<SolamiAvatar>();
            _character.AddComponent<SolamiUserPlace>();
            _character.AddComponent<SolamiVoice>();
            Camera.main = new GameObject("camera").AddComponent<Camera>();
            Camera.main.transform.position = new Vector3(0f, 1.6f, 2f);
            Begin();
            Run(0.1);
            Assert.AreEqual(2.0, (double)LastPlacement()["distance_m"], 0.01);
            Reply(5);
            Run(2.5);
            JObject placement = LastPlacement();
            Assert.That((double)placement["distance_m"], Is.GreaterThan(2.2), "it has walked to its left");
            Assert.That((double)placement["bearing_rad"], Is.LessThan(-0.4), "the user is to its right now");
            _session.Connect();
            _sockets.Last.Arrive(ServerScript.Created("U"));
            Run(2 * Step);
            _sockets.Last.Arrive(ServerScript.Updated());
            Run(1.5);
            Assert.AreEqual(2.0, (double)LastPlacement()["distance_m"], 0.01, "a new session is told, though nobody moved");
        }

        [Test]
        public void AnAvatarThatIsEnabledAgainStillRestsAsItDid()
        {
            _character.AddComponent<SolamiVoice>();
            SolamiAvatar avatar = _character.AddComponent<SolamiAvatar>();
            Begin();
            Reply(5);
            Run(1.0);
            Transform hand = avatar.Rig.Find("rightHand");
            Quaternion shown = hand.rotation;
            _loop.Toggle(avatar);
            Run(0.2);
            Assert.AreEqual(0f, Quaternion.Angle(shown, hand.rotation), 0.5f);
        }

        [Test]
        public void TheHeadStaysWhenNoPosesCome()
        {
            SolamiAvatar avatar = _character.AddComponent<SolamiAvatar>();
            SolamiGaze gaze = _character.AddComponent<SolamiGaze>();
            gaze.Target = new GameObject("user").transform;
            gaze.Target.position = new Vector3(1f, 1.6f, 1f);
            Begin();
            Run(2.0);
            Quaternion looks = avatar.Rig.Find("head").rotation;
            _session.Disconnect();
            Run(2.0);
            Assert.AreEqual(0f, Quaternion.Angle(looks, avatar.Rig.Find("head").rotation), 0.5f);
        }

        [Test]
        public void APausedAppStopsTheReplyAndConnectsAgainWhenTheSessionIsOver()
        {
            var microphone = _character.AddComponent<SolamiMicrophone>();
            _character.AddComponent<SolamiVoice>();
            Begin();
            Reply(5);
            Run(1.0);
            Assert.AreNotEqual(0, _session.Client.Performer.Epoch);
            _loop.Pause(true);
            Assert.AreEqual(0, _session.Client.Performer.Epoch);
            Assert.AreEqual(1, _sockets.Last.Sent("conversation.item.truncate").Count);
            Assert.IsFalse(microphone.IsCapturing);
            _sockets.Last.Cut(1000);
            _loop.Pause(false);
            Run(2 * Step);
            Assert.IsTrue(microphone.IsCapturing);
            Assert.AreEqual(2, _sockets.Opened.Count);
            Assert.AreEqual(ConnectionState.Connecting, _session.Client.Connection.State);
        }

        [Test]
        public void AServerThatEndsTheSessionIsLeftAlone()
        {
            Begin();
            Run(15);
            _sockets.Last.Cut(1000);
            Run(1);
            Assert.AreEqual(1, _sockets.Opened.Count);
            Assert.AreEqual(ConnectionState.Closed, _session.Client.Connection.State);
        }

        [Test]
        public void TheHeadsetIsPutOntoTheFloorAndItsEyesAreSent()
        {
            _session.UserMotion = UserMotionSource.ThreePoints;
            _character.AddComponent<SolamiTrackers>();
            Transform camera = new GameObject("camera").transform;
            _character.AddComponent<XrHead>().Head = camera;
            XRInputSubsystem.IsRunning = false;
            XRInputSubsystem.Origin = TrackingOriginModeFlags.Device;
            Begin();
            Assert.AreEqual(TrackingOriginModeFlags.Device, XRInputSubsystem.Origin);
            XRInputSubsystem.IsRunning = true;
            InputTracking.Nodes.Add(Node(XRNode.Head, 1.5f));
            InputTracking.Nodes.Add(Node(XRNode.CenterEye, 1.6f));
            Run(0.5);
            Assert.AreEqual(TrackingOriginModeFlags.Floor, XRInputSubsystem.Origin);
            Assert.AreEqual(1.6f, camera.localPosition.y, 1e-6f);
            Assert.AreEqual(1.6f, LastTrackers()[1], 1e-6f);
            InputTracking.Nodes.RemoveAt(1);
            Run(0.5);
            Assert.AreEqual(1.5f, LastTrackers()[1], 1e-6f, "where no eye is known, the head");
        }

        [Test]
        public void AKnownLatencyOfTheDeviceHoldsThePictureBackAtOnce()
        {
            SolamiVoice voice = _character.AddComponent<SolamiVoice>();
            Begin();
            Reply(5);
            Run(1.0);
            double before = _session.Client.Performer.ShownSample;
            voice.ExtraLatencyMs = 200f;
            Run(2 * Step);
            double moved = (_session.Client.Performer.ShownSample - before) / ServerScript.RateHz;
            Assert.AreEqual(2 * Step - 0.2, moved, 0.03);
        }

        [Test]
        public void TheUsersOwnAvatarShowsTheMirroredBody()
        {
            var own = new GameObject("own body");
            Scenes.Skeleton(own.transform, Scenes.NoTurn, null);
            SolamiAvatar avatar = own.AddComponent<SolamiAvatar>();
            avatar.Session = _session;
            avatar.Shows = BodyShown.User;
            Begin();
            _loop.Add(own);
            byte[] body = ServerScript.Poses(12000, 12, stamp => 0.5f);
            _sockets.Last.Arrive(ServerScript.Frame(MediaType.UserBody, 0, 0, 12000, body));
            Run(0.3);
            Quaternion hand = avatar.Rig.Find("rightHand").rotation;
            Assert.AreEqual(0f, Quaternion.Angle(Quaternion.Euler(0f, 0f, -0.5f * Mathf.Rad2Deg), hand), 1f);
        }

        [Test]
        public void CaptionsStatesAndErrorsBecomeUnityEvents()
        {
            string said = string.Empty;
            string failed = string.Empty;
            var states = new List<ConnectionState>();
            _session.Said.AddListener(text => said += text);
            _session.Failed.AddListener(text => failed += text);
            _session.ConnectionChanged.AddListener(states.Add);
            Begin();
            _sockets.Last.Arrive("{\"type\":\"response.output_audio_transcript.delta\",\"delta\":\"Hello\"}");
            _sockets.Last.Arrive(ServerScript.Error("input_overflow"));
            Run(Step);
            Assert.AreEqual("Hello", said);
            StringAssert.Contains("input_overflow", failed);
            Assert.That(states, Is.EqualTo(new[] { ConnectionState.Connecting, ConnectionState.Ready }));
        }

        [Test]
        public void FramesMakeNoGarbageWhileTheCharacterSpeaks()
        {
            _character.AddComponent<SolamiAvatar>();
            _character.AddComponent<SolamiFace>();
            _character.AddComponent<SolamiVoice>();
            _session.UserMotion = UserMotionSource.ThreePoints;
            _character.AddComponent<SolamiTrackers>();
            Begin();
            _sockets.Last.KeepsSent = false;
            Run(1.0);
            Reply(50);
            Run(2.0);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Run(5.0);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.EqualTo(0));
        }

        private static XRNodeState Node(XRNode type, float heightM)
        {
            return new XRNodeState
            {
                nodeType = type, tracked = true, position = new Vector3(0f, heightM, 0f), rotation = Quaternion.identity,
            };
        }

        private float[] LastTrackers()
        {
            var floats = new float[TrackerFormat.Floats];
            List<byte[]> frames = _sockets.Last.Frames;
            PoseFormat.Read(frames[frames.Count - 1], MediaHeader.Bytes, floats, 0, floats.Length);
            return floats;
        }

        private JObject LastPlacement()
        {
            List<string> updates = _sockets.Last.Sent("session.update");
            return (JObject)JObject.Parse(updates[updates.Count - 1])["session"]["placement"];
        }

        private void RunTalking(double seconds, SolamiMicrophone microphone)
        {
            for (double t = 0; t < seconds; t += Step)
            {
                Microphone.Record(time => 0.5f * (float)Math.Sin(2 * Math.PI * 440 * time), Step);
                _loop.Step(Step);
            }
            if (microphone != null)
            {
                Assert.AreEqual(0.35f, microphone.Level, 0.02f);
            }
        }

        private static void CheckTone(List<byte[]> frames)
        {
            int crossings = 0;
            float last = 0f;
            var samples = new float[480];
            for (int i = 5; i < 45; i++)
            {
                Pcm16.Decode(frames[i], MediaHeader.Bytes, 960, samples);
                foreach (float sample in samples)
                {
                    crossings += last < 0f && sample >= 0f ? 1 : 0;
                    last = sample;
                }
            }
            Assert.AreEqual(440, crossings / 0.8, 10, "the tone is as high as it was sung, though the device records at 44.1 kHz");
        }
    }
}
