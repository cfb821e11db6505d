namespace Solami.Protocol
{
    /// <summary>
    /// Right-handed axes of the wire (left is +X when facing +Z) to left-handed ones as Unity's, and back.
    /// </summary>
    public static class Axes
    {
        /// <summary>Mirrors a position in x. Its own inverse.</summary>
        public static void MirrorPosition(float[] values, int at)
        {
            values[at] = -values[at];
        }

        /// <summary>Mirrors a rotation in x: y and z change sign. Its own inverse.</summary>
        public static void MirrorRotation(float[] values, int at)
        {
            values[at + 1] = -values[at + 1];
            values[at + 2] = -values[at + 2];
        }

        /// <summary>Mirrors a whole pose. Its own inverse.</summary>
        public static void MirrorPose(float[] pose)
        {
            MirrorPosition(pose, 0);
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                MirrorRotation(pose, PoseFormat.RotationAt(bone));
            }
        }
    }
}
