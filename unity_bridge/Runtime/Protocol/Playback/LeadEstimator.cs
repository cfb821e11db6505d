using System;

namespace Solami.Protocol
{
    /// <summary>
    /// How long to hold a reply back before it is played: as long as the latest chunk of the last replies would have
    /// come too late, and a little more.
    /// </summary>
    public sealed class LeadEstimator
    {
        /// <summary>The least lead, in seconds.</summary>
        public const double LeastS = 0.06;

        /// <summary>The most lead, in seconds.</summary>
        public const double MostS = 0.8;

        private const int Replies = 8;
        private const double Margin = 1.2;
        private readonly double[] _worstS = new double[Replies];
        private int _reply;
        private double _firstS = double.NaN;

        /// <summary>The lead of the next reply, in seconds.</summary>
        public double LeadS
        {
            get
            {
                double worst = 0;
                for (int i = 0; i < Replies; i++)
                {
                    worst = Math.Max(worst, _worstS[i]);
                }
                return Math.Min(MostS, LeastS + Margin * worst);
            }
        }

        /// <summary>A reply begins; the oldest one is forgotten.</summary>
        public void Begin()
        {
            _reply = (_reply + 1) % Replies;
            _worstS[_reply] = 0;
            _firstS = double.NaN;
        }

        /// <summary>A chunk whose audio starts so far into the reply arrived.</summary>
        public void Note(double startS, double arrivedS)
        {
            if (double.IsNaN(_firstS))
            {
                _firstS = arrivedS - startS;
            }
            _worstS[_reply] = Math.Max(_worstS[_reply], arrivedS - startS - _firstS);
        }
    }
}
