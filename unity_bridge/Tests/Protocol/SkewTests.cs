using System;
using System.Collections.Generic;
using NUnit.Framework;

namespace Solami.Protocol.Tests
{
    /// <summary>
    /// Clicks and wrist flips at the same samples are heard and seen together: the sample being heard as a frame is
    /// shown, by the sound card's own count, against the place of the pose.
    /// </summary>
    [TestFixture]
    public class SkewTests
    {
        private static readonly int Hand = PoseFormat.RotationAt(Bones.IndexOf("rightHand"));

        [TestCase(0.0, 72.0)]
        [TestCase(0.015, 72.0)]
        [TestCase(0.015, 90.0)]
        [TestCase(0.03, 36.0)]
        public void ClicksAndFlipsComeTogether(double callbackJitterS, double displayHz)
        {
            var performer = new Performer(24000, 30, 25);
            var device = new FakeDevice(performer.Audio, callbackJitterS);
            performer.Begin(1, 0);
            var flipsS = new List<double>();
            Queue(performer);
            bool wasFlipped = false;
            for (double now = 0; now < 11; now += 1.0 / displayHz)
            {
                device.RunTo(now);
                performer.Update(now);
                bool isFlipped = performer.Pose[Hand + 2] > 0.6f;
                if (isFlipped && !wasFlipped)
                {
                    flipsS.Add(now);
                }
                wasFlipped = isFlipped;
            }
            List<double> clicksS = Clicks(device);
            Assert.AreEqual(10, clicksS.Count);
            Assert.AreEqual(10, flipsS.Count);
            var skewsMs = new List<double>();
            for (int i = 0; i < 10; i++)
            {
                skewsMs.Add(1000 * Math.Abs(flipsS[i] - clicksS[i]));
            }
            skewsMs.Sort();
            Assert.That(skewsMs[9], Is.LessThanOrEqualTo(40.0));
        }

        private static void Queue(Performer performer)
        {
            for (int beat = 0; beat < 25; beat++)
            {
                long start = beat * 9600;
                byte[] poses = ServerScript.Poses(start, 12, stamp => IsFlipped(stamp) ? 1.4f : 0f);
                byte[] sound = ServerScript.Sound(9600, i => (start + i) % 24000 == 12000 ? 0.9f : 0f);
                Take(performer, MediaType.CharacterMotion, start, poses);
                Take(performer, MediaType.Audio, start, sound);
            }
            performer.Finish();
        }

        private static bool IsFlipped(double stamp)
        {
            double from = (stamp - 12000) % 24000;
            return stamp >= 12000 && from < 12000;
        }

        private static void Take(Performer performer, MediaType type, long start, byte[] payload)
        {
            byte[] frame = ServerScript.Frame(type, 1, 0, start, payload);
            performer.Take(MediaHeader.Read(frame, frame.Length), frame, MediaHeader.Bytes, 0);
        }

        private static List<double> Clicks(FakeDevice device)
        {
            var clicks = new List<double>();
            for (int i = 1; i + 1 < device.Played.Count; i++)
            {
                bool isPeak = device.Played[i] > 0.5f && device.Played[i] >= device.Played[i + 1]
                    && device.Played[i] > device.Played[i - 1];
                if (isPeak)
                {
                    clicks.Add(device.HeardS(i));
                }
            }
            return clicks;
        }
    }
}
