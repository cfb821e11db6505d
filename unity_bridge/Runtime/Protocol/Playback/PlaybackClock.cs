using System;

namespace Solami.Protocol
{
    /// <summary>What the loudspeaker plays at one instant.</summary>
    public struct HeardPoint
    {
        /// <summary>The reply; 0 for silence between replies.</summary>
        public uint Epoch;

        /// <summary>The place on the reply's audio clock.</summary>
        public double Sample;
    }

    /// <summary>
    /// From times to what is heard then. The audio thread says what it wrote into each block of the device; callbacks
    /// come in bursts, so the device's own count of samples is the clock and their times only set it.
    /// </summary>
    public sealed class PlaybackClock
    {
        private const int Runs = 128;
        private const double SnapS = 0.1;
        private const double Earlier = 0.2;
        private const double Later = 0.01;
        private readonly Run[] _runs = new Run[Runs];
        private int _newest = -1;
        private int _count;
        private double _deviceS;
        private double _offsetS = double.NaN;

        /// <summary>How long a sample takes from the callback to the ear, in seconds.</summary>
        public double OutputLatencyS { get; set; }

        /// <summary>A device block is being filled at this time; call <see cref="Add"/> for its parts.</summary>
        public void BeginBlock(double stampS)
        {
            double seen = stampS - _deviceS;
            double error = seen - _offsetS;
            if (double.IsNaN(_offsetS) || Math.Abs(error) > SnapS)
            {
                _offsetS = seen;
                return;
            }
            _offsetS += error * (error < 0 ? Earlier : Later);
        }

        /// <summary>The next part of the block: so long, and what of which reply it holds.</summary>
        public void Add(double lengthS, uint epoch, double firstSample, double lastSample)
        {
            _newest = (_newest + 1) % Runs;
            _count = Math.Min(_count + 1, Runs);
            _runs[_newest].StartS = _deviceS;
            _runs[_newest].EndS = _deviceS + lengthS;
            _runs[_newest].Epoch = epoch;
            _runs[_newest].First = firstSample;
            _runs[_newest].Last = lastSample;
            _deviceS += lengthS;
        }

        /// <summary>What is heard at a time.</summary>
        public HeardPoint At(double nowS)
        {
            double deviceS = nowS - _offsetS - OutputLatencyS;
            var heard = default(HeardPoint);
            for (int i = 0; i < _count; i++)
            {
                Run run = _runs[(_newest - i + Runs) % Runs];
                if (deviceS < run.StartS && i + 1 < _count)
                {
                    continue;
                }
                double part = (deviceS - run.StartS) / Math.Max(run.EndS - run.StartS, 1e-9);
                heard.Epoch = run.Epoch;
                heard.Sample = run.First + (run.Last - run.First) * Math.Max(0.0, Math.Min(1.0, part));
                break;
            }
            return heard;
        }

        private struct Run
        {
            public double StartS;
            public double EndS;
            public uint Epoch;
            public double First;
            public double Last;
        }
    }
}
