using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using Solami.Protocol;
using Solami.Tests;
using UnityEngine;
using UnityEngine.Stubs;

namespace Solami.Live
{
    /// <summary>
    /// A scene of compiled components, stepped at 72 Hz in simulated time that never runs ahead of the wall clock: on a
    /// busy machine the game is slow, but its sound card and its picture keep one time.
    /// </summary>
    internal sealed class Stage
    {
        public const double StepS = 1.0 / 72;
        private readonly PlayerLoop _loop = new PlayerLoop();
        private readonly Stopwatch _wall = Stopwatch.StartNew();
        private int _events;

        public Stage(string url, UserMotionSource motion)
        {
            SolamiClock.Override = () => _loop.NowS;
            Character = new GameObject("character");
            Scenes.Skeleton(Character.transform, Scenes.SomeTurn, null);
            Session = Character.AddComponent<SolamiSession>();
            Session.ServerUrl = url;
            Session.UserMotion = motion;
            Session.UserMotionFps = 30;
            Session.Mirror = motion == UserMotionSource.ThreePoints;
            Session.Failed.AddListener(Problems.Add);
            Avatar = Character.AddComponent<SolamiAvatar>();
            Character.AddComponent<SolamiFace>();
            Character.AddComponent<SolamiGaze>();
            Trackers = Character.AddComponent<SolamiTrackers>();
            Trackers.enabled = false;
            Microphone = Character.AddComponent<SolamiMicrophone>();
            Voice = Character.AddComponent<SolamiVoice>();
            _loop.Heard = Hear;
            _loop.Add(Character);
            Step();
            Session.Client.EventArrived += body => _events++;
        }

        public readonly List<string> Problems = new List<string>();

        public GameObject Character { get; }

        public SolamiSession Session { get; }

        public SolamiAvatar Avatar { get; }

        public SolamiMicrophone Microphone { get; }

        /// <summary>Off but in the spoken turn: a server that gets little of a busy machine would fall behind.</summary>
        public SolamiTrackers Trackers { get; }

        public SolamiVoice Voice { get; }

        public SolamiClient Client => Session.Client;

        public double NowS => _loop.NowS;

        public double WallS => _wall.Elapsed.TotalSeconds;

        public long Frames { get; private set; }

        /// <summary>Bytes allocated in frames of the game in which no JSON message came.</summary>
        public long QuietBytes { get; private set; }

        public long QuietFrames { get; private set; }

        /// <summary>Device samples played so far, and the last one that was loud.</summary>
        public long DeviceSamples { get; private set; }

        public long LastLoud { get; private set; } = -1;

        /// <summary>Sees every device sample: its number and value.</summary>
        public Action<long, float> OnSample { get; set; }

        /// <summary>Runs after every frame.</summary>
        public Action OnFrame { get; set; }

        public void Step()
        {
            double aheadS = _loop.NowS - _wall.Elapsed.TotalSeconds;
            if (aheadS > 0)
            {
                Thread.Sleep((int)(1000 * aheadS) + 1);
            }
            int events = _events;
            long before = GC.GetAllocatedBytesForCurrentThread();
            _loop.Step(StepS);
            if (_events == events)
            {
                QuietBytes += GC.GetAllocatedBytesForCurrentThread() - before;
                QuietFrames++;
            }
            Frames++;
            OnFrame?.Invoke();
        }

        public void ForgetAllocations()
        {
            QuietBytes = QuietFrames = 0;
        }

        public void Run(double seconds)
        {
            for (double end = NowS + seconds; NowS < end;)
            {
                Step();
            }
        }

        public void Until(Func<bool> condition, string what)
        {
            Stopwatch patience = Stopwatch.StartNew();
            while (!condition())
            {
                if (patience.Elapsed.TotalSeconds > 240)
                {
                    throw new TimeoutException("waited 240 s for " + what + "; " + string.Join(" | ", Problems.ToArray()));
                }
                Step();
            }
        }

        public void Leave()
        {
            _loop.Quit();
            SolamiClock.Override = null;
        }

        private void Hear(float[] data, int channels)
        {
            for (int i = 0; i < data.Length; i += channels)
            {
                if (Math.Abs(data[i]) > 0.003f)
                {
                    LastLoud = DeviceSamples;
                }
                OnSample?.Invoke(DeviceSamples, data[i]);
                DeviceSamples++;
            }
        }
    }
}
