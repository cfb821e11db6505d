using System;

namespace Solami.Protocol
{
    /// <summary>Leads from the pose that was shown to a new source of poses without a jump.</summary>
    public sealed class PoseBlender
    {
        private readonly float[] _from = PoseFormat.Rest();
        private double _beganS;
        private double _lengthS;

        /// <summary>The source changes now: blend from this pose for so long.</summary>
        public void Begin(float[] shown, double nowS, double lengthS)
        {
            Array.Copy(shown, _from, _from.Length);
            _beganS = nowS;
            _lengthS = lengthS;
        }

        /// <summary>Blends the pose of the new source in place.</summary>
        public void Apply(float[] pose, double nowS)
        {
            double part = _lengthS <= 0 ? 1 : (nowS - _beganS) / _lengthS;
            if (part >= 1)
            {
                return;
            }
            float t = (float)Math.Max(0.0, part);
            PoseTrack.Blend(_from, 0, pose, 0, t * t * (3f - 2f * t), pose);
        }
    }
}
