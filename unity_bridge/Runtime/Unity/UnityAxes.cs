using UnityEngine;

namespace Solami
{
    /// <summary>Unity's left-handed axes to the right-handed ones of the wire: x is mirrored.</summary>
    public static class UnityAxes
    {
        /// <summary>A position in the axes of the wire.</summary>
        public static void Write(Vector3 position, float[] values, int at)
        {
            values[at] = -position.x;
            values[at + 1] = position.y;
            values[at + 2] = position.z;
        }

        /// <summary>A rotation in the axes of the wire.</summary>
        public static void Write(Quaternion rotation, float[] values, int at)
        {
            values[at] = rotation.x;
            values[at + 1] = -rotation.y;
            values[at + 2] = -rotation.z;
            values[at + 3] = rotation.w;
        }
    }
}
