using System;
using System.Collections.Generic;

namespace Solami.Protocol.Tests
{
    /// <summary>
    /// A sound card in simulated time: every block it takes is heard a fixed time later. It keeps what it played, so a
    /// test knows what was audible when.
    /// </summary>
    internal sealed class FakeDevice
    {
        public const int RateHz = 48000;
        public const int BlockSamples = 1024;
        public const double LatencyS = 0.05;
        private readonly float[] _block = new float[BlockSamples];
        private readonly AudioPlayer _player;
        private readonly Random _jitter = new Random(1);
        private readonly double _jitterS;
        private long _blocks;

        public FakeDevice(AudioPlayer player, double jitterS)
        {
            _player = player;
            _jitterS = jitterS;
            player.OutputLatencyS = LatencyS;
        }

        /// <summary>All that was played.</summary>
        public readonly List<float> Played = new List<float>();

        /// <summary>When a played sample is heard.</summary>
        public double HeardS(int index)
        {
            return (double)index / RateHz + LatencyS;
        }

        /// <summary>Takes the blocks that are due. A callback may come late by the jitter, never early.</summary>
        public void RunTo(double nowS)
        {
            while ((double)_blocks * BlockSamples / RateHz <= nowS)
            {
                double dueS = (double)_blocks * BlockSamples / RateHz;
                _player.Read(_block, BlockSamples, RateHz, dueS + _jitter.NextDouble() * _jitterS);
                Played.AddRange(_block);
                _blocks++;
            }
        }
    }
}
