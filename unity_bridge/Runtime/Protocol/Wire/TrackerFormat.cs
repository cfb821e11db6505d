namespace Solami.Protocol
{
    /// <summary>Head, left and right hand of the user: 8 floats each.</summary>
    public static class TrackerFormat
    {
        /// <summary>Trackers of one sample: head, left, right.</summary>
        public const int Trackers = 3;

        /// <summary>Floats of one tracker: x, y, z, quaternion x, y, z, w, and 1 where tracked.</summary>
        public const int FloatsEach = 8;

        /// <summary>Floats of one sample.</summary>
        public const int Floats = Trackers * FloatsEach;

        /// <summary>Bytes of one sample.</summary>
        public const int Bytes = 4 * Floats;

        /// <summary>Writes one tracker into a sample, in right-handed axes.</summary>
        public static void Set(float[] sample, int tracker, float[] position, float[] quaternion, bool isTracked)
        {
            int at = tracker * FloatsEach;
            for (int i = 0; i < 3; i++)
            {
                sample[at + i] = position[i];
            }
            for (int i = 0; i < 4; i++)
            {
                sample[at + 3 + i] = quaternion[i];
            }
            sample[at + 7] = isTracked ? 1f : 0f;
        }
    }
}
