namespace Solami.Protocol
{
    /// <summary>
    /// From rotations relative to the T-pose, in the axes of the model, to an avatar's local rotations:
    /// local = parent_rest_world^-1 * relative * parent_rest_world * rest_local.
    /// </summary>
    public sealed class RestRotations
    {
        private readonly float[] _before = new float[4 * Bones.Count];
        private readonly float[] _after = new float[4 * Bones.Count];
        private readonly float[] _inverse = new float[4];

        /// <summary>Every bone rests unturned.</summary>
        public RestRotations()
        {
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                _before[4 * bone + 3] = _after[4 * bone + 3] = 1f;
            }
        }

        /// <summary>How a bone and its parent rest in the avatar's T-pose: quaternions x, y, z, w.</summary>
        public void Set(int bone, float[] parentRestWorld, float[] restLocal)
        {
            int at = 4 * bone;
            for (int i = 0; i < 3; i++)
            {
                _before[at + i] = -parentRestWorld[i];
            }
            _before[at + 3] = parentRestWorld[3];
            Quaternions.Multiply(parentRestWorld, 0, restLocal, 0, _after, at);
        }

        /// <summary>The local rotation of a bone for a rotation relative to the T-pose.</summary>
        public void ToLocal(int bone, float[] relative, int at, float[] local)
        {
            Quaternions.Multiply(_before, 4 * bone, relative, at, local, 0);
            Quaternions.Multiply(local, 0, _after, 4 * bone, local, 0);
        }

        /// <summary>The rotation relative to the T-pose for a local rotation of a bone: the other way round.</summary>
        public void ToRelative(int bone, float[] local, float[] relative, int at)
        {
            Invert(_after, 4 * bone, _inverse);
            Quaternions.Multiply(local, 0, _inverse, 0, relative, at);
            Invert(_before, 4 * bone, _inverse);
            Quaternions.Multiply(_inverse, 0, relative, at, relative, at);
        }

        private static void Invert(float[] from, int at, float[] to)
        {
            for (int i = 0; i < 3; i++)
            {
                to[i] = -from[at + i];
            }
            to[3] = from[at + 3];
        }
    }
}
