using System;
using NUnit.Framework;

namespace Solami.Protocol.Tests
{
    /// <summary>Poses and mouth shapes are where the sound is.</summary>
    [TestFixture]
    public class PoseTests
    {
        private static readonly int Hand = PoseFormat.RotationAt(Bones.IndexOf("rightHand"));

        private static void Add(PoseTrack track, long firstPose, int count)
        {
            long sample = (long)(firstPose * ServerScript.PoseSamples);
            byte[] poses = ServerScript.Poses(sample, count, stamp => (float)(stamp / 24000));
            for (int i = 0; i < count; i++)
            {
                track.Add(sample + i * ServerScript.PoseSamples, poses, i * PoseFormat.Bytes);
            }
        }

        [Test]
        public void BetweenPosesTheBodyTurnsEvenly()
        {
            var track = new PoseTrack(4);
            Add(track, 0, 12);
            var pose = new float[PoseFormat.Floats];
            for (double at = 0; at < 11 * ServerScript.PoseSamples; at += 24000.0 / 72)
            {
                Assert.IsTrue(track.Read(at, pose));
                Assert.AreEqual(at / 24000, pose[0], 1e-5);
                Assert.AreEqual(at / 24000, 2 * Math.Asin(pose[Hand + 2]), 1e-4);
            }
            Assert.AreEqual(11, track.Shown);
        }

        [Test]
        public void PosesOutOfOrderFallIntoPlaceAndRepeatedOnesCountOnce()
        {
            var track = new PoseTrack(4);
            Add(track, 4, 4);
            Add(track, 0, 4);
            Add(track, 2, 4);
            Assert.AreEqual(8, track.Count);
            var pose = new float[PoseFormat.Floats];
            track.Read(5.5 * ServerScript.PoseSamples, pose);
            Assert.AreEqual(5.5 / 30, pose[0], 1e-5);
            track.Read(100 * ServerScript.PoseSamples, pose);
            Assert.AreEqual(8, track.Shown);
        }

        [Test]
        public void ALostBeatIsBridgedAndALateOneIsCounted()
        {
            var track = new PoseTrack(4);
            Add(track, 0, 12);
            Add(track, 24, 12);
            var pose = new float[PoseFormat.Floats];
            track.Read(17.5 * ServerScript.PoseSamples, pose);
            Assert.AreEqual(17.5 / 30, pose[0], 1e-5, "a straight line over the hole");
            track.Read(30 * ServerScript.PoseSamples, pose);
            Add(track, 12, 1);
            Assert.AreEqual(1, track.Late);
            track.Read(30 * ServerScript.PoseSamples, pose);
            Assert.AreEqual(1.0, pose[0], 1e-5);
        }

        [Test]
        public void MouthShapesAreReachedInTheMiddleOfTheirRow()
        {
            var track = new VisemeTrack(960);
            var rows = new byte[2 * VisemeFormat.Count];
            rows[10] = 255;
            rows[VisemeFormat.Count + 14] = 255;
            track.Add(960, rows, 0, rows.Length);
            var weights = new float[VisemeFormat.Count];
            track.Read(960 + 480, weights);
            Assert.AreEqual(1f, weights[10], 1e-6);
            track.Read(960 + 960, weights);
            Assert.AreEqual(0.5f, weights[10], 1e-6);
            Assert.AreEqual(0.5f, weights[14], 1e-6);
            track.Read(960 * 10, weights);
            Assert.AreEqual(1f, weights[0], "the mouth is shut where no row is");
        }

        [Test]
        public void FiveShapesAreTheSumsOfTheProtocol()
        {
            var weights = new float[VisemeFormat.Count];
            var five = new float[5];
            weights[3] = 1f;
            VisemeFormat.ToVrm(weights, five);
            Assert.That(five, Is.EqualTo(new[] { 0.15f, 0.15f, 0f, 0f, 0f }));
            weights[3] = 0f;
            weights[12] = 0.9f;
            weights[7] = 0.9f;
            VisemeFormat.ToVrm(weights, five);
            Assert.AreEqual(1f, five[1]);
        }

        [Test]
        public void MotionCodesAreReadFrameByFrame()
        {
            var codes = new MotionCodes(2, 1, 7.5, null);
            byte[] payload = { 1, 0, 2, 0, 3, 0, 4, 1, 5, 0, 6, 0 };
            Assert.AreEqual(2, codes.FramesIn(payload.Length));
            var frame = new ushort[3];
            codes.ReadFrame(payload, 0, 1, frame);
            Assert.AreEqual(new ushort[] { 260, 5, 6 }, frame);
            Assert.Throws<ProtocolException>(() => codes.FramesIn(5));
        }

        [Test]
        public void IdlePosesRunInRealTimeAndWaitForALateBeat()
        {
            var clock = new IdleClock(24000, 0.1, 1.5, 0.5);
            var pose = new float[PoseFormat.Floats];
            byte[] beat = ServerScript.Poses(0, 12, stamp => 0f);
            AddIdle(clock, beat, 0, 5.0);
            clock.Read(5.0, pose);
            Assert.AreEqual(0, pose[0], 1e-5, "held until the lead is over");
            clock.Read(5.1 + 0.2, pose);
            Assert.AreEqual(0.2, pose[0], 1e-4);
            clock.Read(6.0, pose);
            Assert.AreEqual(11 / 30.0, pose[0], 1e-4, "held at its last pose");
            byte[] next = ServerScript.Poses(9600, 12, stamp => 0f);
            AddIdle(clock, next, 9600, 6.0);
            clock.Read(6.1, pose);
            Assert.AreEqual(0.5, pose[0], 1e-4, "goes on from where it waited");
        }

        private static void AddIdle(IdleClock clock, byte[] beat, long sample, double nowS)
        {
            for (int i = 0; i < 12; i++)
            {
                clock.Add(sample + i * ServerScript.PoseSamples, beat, i * PoseFormat.Bytes, nowS);
            }
        }
    }
}
