using System;
using System.Collections.Generic;
using NUnit.Framework;

namespace Solami.Protocol.Tests
{
    /// <summary>The voice survives what networks do to it.</summary>
    [TestFixture]
    public class AudioPlayerTests
    {
        private const int RateHz = ServerScript.RateHz;
        private const int Piece = 480;

        private static float Wave(int sample)
        {
            return 0.5f * (float)Math.Sin(2 * Math.PI * 220 * sample / RateHz);
        }

        private static void Append(AudioPlayer player, int piece)
        {
            byte[] sound = ServerScript.Sound(Piece, i => Wave(piece * Piece + i));
            player.Append((ulong)(piece * Piece), sound, 0, sound.Length);
        }

        private static void AssertIsTheWave(List<float> played, int first, int count)
        {
            double worst = 0;
            for (int i = 0; i < count; i++)
            {
                double place = (double)i * RateHz / FakeDevice.RateHz;
                double expected = 0.5 * Math.Sin(2 * Math.PI * 220 * place / RateHz);
                worst = Math.Max(worst, Math.Abs(played[first + i] - expected));
            }
            Assert.That(worst, Is.LessThan(0.002));
        }

        [Test]
        public void JitterBelowTheLeadIsNotHeard()
        {
            var player = new AudioPlayer(RateHz, 1);
            var device = new FakeDevice(player, 0);
            var random = new Random(3);
            player.Begin(1, 0.15);
            var arrivals = new double[100];
            for (int i = 0; i < arrivals.Length; i++)
            {
                arrivals[i] = Math.Max(i * 0.02 + 0.1 * random.NextDouble(), i > 0 ? arrivals[i - 1] : 0);
            }
            int next = 0;
            for (double now = 0; now < 2.5; now += 1.0 / 72)
            {
                for (; next < arrivals.Length && arrivals[next] <= now; next++)
                {
                    Append(player, next);
                }
                if (next == arrivals.Length)
                {
                    player.Finish(0);
                }
                device.RunTo(now);
            }
            Assert.AreEqual(0, player.Underruns);
            Assert.AreEqual(0, player.Epoch, "the reply has been played");
            int start = device.Played.FindIndex(sample => sample != 0f) - 1;
            AssertIsTheWave(device.Played, start, 2 * 99 * Piece);
        }

        [Test]
        public void ReorderedAndRepeatedPiecesPlayInOrder()
        {
            var player = new AudioPlayer(RateHz, 1);
            var device = new FakeDevice(player, 0);
            player.Begin(1, 0.06);
            foreach (int piece in new[] { 1, 0, 3, 2, 2, 6, 5, 4, 7, 9, 8, 8 })
            {
                Append(player, piece);
            }
            player.Finish(0);
            Assert.AreEqual(0, player.MissingSamples);
            device.RunTo(0.5);
            AssertIsTheWave(device.Played, device.Played.FindIndex(sample => sample != 0f) - 1, 2 * 10 * Piece - 8);
        }

        [Test]
        public void ALostPieceIsSilenceAndShiftsNothing()
        {
            var player = new AudioPlayer(RateHz, 1);
            var device = new FakeDevice(player, 0);
            player.Begin(1, 0.06);
            foreach (int piece in new[] { 0, 1, 2, 4, 5, 6, 7 })
            {
                Append(player, piece);
            }
            player.Finish(0);
            Assert.AreEqual(Piece, player.MissingSamples);
            device.RunTo(0.4);
            int start = device.Played.FindIndex(sample => sample != 0f) - 1;
            AssertIsTheWave(device.Played, start, 2 * 3 * Piece - 8);
            for (int i = 2 * 3 * Piece + 8; i < 2 * 4 * Piece - 8; i++)
            {
                Assert.AreEqual(0f, device.Played[start + i]);
            }
            Assert.AreEqual(Wave(5 * Piece + 20), device.Played[start + 2 * (5 * Piece + 20)], 0.002);
        }

        [Test]
        public void LateAudioPausesTheVoiceAndLosesNothing()
        {
            var player = new AudioPlayer(RateHz, 1);
            var device = new FakeDevice(player, 0);
            player.Begin(1, 0.06);
            for (int piece = 0; piece < 10; piece++)
            {
                Append(player, piece);
            }
            device.RunTo(0.5);
            Assert.AreEqual(1, player.Underruns);
            HeardPoint held = player.HeardAt(0.5);
            Assert.AreEqual(1, held.Epoch);
            Assert.AreEqual(10 * Piece, held.Sample, 2);
            for (int piece = 10; piece < 20; piece++)
            {
                Append(player, piece);
            }
            player.Finish(0);
            device.RunTo(1.0);
            double energy = 0;
            foreach (float sample in device.Played)
            {
                energy += sample * sample;
            }
            double whole = 2 * 20 * Piece * 0.125;
            Assert.That(energy, Is.EqualTo(whole).Within(0.05 * whole), "all of the sound was played");
            Assert.AreEqual(0, player.LateSamples);
        }

        [Test]
        public void ThereIsNoClickWhereTheSoundRunsDry()
        {
            var player = new AudioPlayer(RateHz, 1);
            var device = new FakeDevice(player, 0);
            player.Begin(1, 0.06);
            byte[] flat = ServerScript.Sound(4800, i => 0.5f);
            player.Append(0, flat, 0, flat.Length);
            device.RunTo(0.5);
            player.Append(4800, flat, 0, flat.Length);
            player.Finish(0);
            device.RunTo(0.8);
            int first = device.Played.FindIndex(sample => sample > 0.1f);
            int last = device.Played.FindLastIndex(sample => sample > 0.1f);
            for (int i = first + 8; i <= last - 8; i++)
            {
                Assert.That(Math.Abs(device.Played[i] - device.Played[i - 1]), Is.LessThan(0.01f));
            }
        }

        [Test]
        public void AnInterruptionFadesWithinTwentyMilliseconds()
        {
            var player = new AudioPlayer(RateHz, 1);
            var device = new FakeDevice(player, 0);
            player.Begin(1, 0.06);
            byte[] flat = ServerScript.Sound(24000, i => 0.5f);
            player.Append(0, flat, 0, flat.Length);
            device.RunTo(0.3);
            int asked = device.Played.Count;
            player.Stop(0.02);
            device.RunTo(0.6);
            for (int i = asked; i < device.Played.Count; i++)
            {
                float limit = Math.Max(0f, 0.5f * (1f - (i - asked) / (0.02f * FakeDevice.RateHz))) + 0.01f;
                Assert.That(device.Played[i], Is.LessThanOrEqualTo(limit));
                Assert.That(Math.Abs(device.Played[i] - device.Played[i - 1]), Is.LessThan(0.01f), "no click");
            }
            Assert.AreEqual(0, player.HeardAt(0.6).Epoch);
        }

        [Test]
        public void TheRingGrowsForAReplyLongerThanIt()
        {
            var ring = new SampleRing(1024);
            byte[] sound = ServerScript.Sound(10000, i => Wave(i));
            ring.Write(0, sound, 0, sound.Length);
            Assert.AreEqual(10000, ring.End);
            Assert.AreEqual(Wave(9999), ring.At(9999), 1e-4);
            Assert.AreEqual(Wave(3), ring.At(3), 1e-4);
        }

        [TestCase(long.MaxValue)]
        [TestCase(-1L)]
        public void ASampleNumberThatCannotBeTakesNoMemory(long sample)
        {
            var ring = new SampleRing(1024);
            var error = Assert.Throws<ProtocolException>(() => ring.Write(sample, new byte[4], 0, 4));
            Assert.AreEqual("invalid_frame", error.Code);
            Assert.AreEqual(0, ring.End);
        }

        [Test]
        public void TheLeadFollowsTheLatestChunkAndForgets()
        {
            var lead = new LeadEstimator();
            Assert.AreEqual(LeadEstimator.LeastS, lead.LeadS);
            lead.Begin();
            lead.Note(0, 10.0);
            lead.Note(0.4, 10.6);
            Assert.AreEqual(LeadEstimator.LeastS + 0.24, lead.LeadS, 1e-9);
            for (int reply = 0; reply < 8; reply++)
            {
                lead.Begin();
                lead.Note(0, 20.0);
                lead.Note(0.4, 20.1);
            }
            Assert.AreEqual(LeadEstimator.LeastS, lead.LeadS);
        }
    }
}
