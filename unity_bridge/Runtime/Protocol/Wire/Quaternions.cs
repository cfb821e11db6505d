using System;

namespace Solami.Protocol
{
    /// <summary>Unit quaternions x, y, z, w inside float arrays: no structs of an engine, no garbage.</summary>
    public static class Quaternions
    {
        private const float AlmostEqual = 0.9995f;

        /// <summary>The shortest way from a to b, at a constant turning speed.</summary>
        public static void Slerp(float[] a, int atA, float[] b, int atB, float t, float[] result, int at)
        {
            float dot = 0f;
            for (int i = 0; i < 4; i++)
            {
                dot += a[atA + i] * b[atB + i];
            }
            float sign = dot < 0f ? -1f : 1f;
            float weightA = 1f - t;
            float weightB = t;
            if (dot * sign < AlmostEqual)
            {
                double angle = Math.Acos(Math.Min(1f, dot * sign));
                double sine = Math.Sin(angle);
                weightA = (float)(Math.Sin((1f - t) * angle) / sine);
                weightB = (float)(Math.Sin(t * angle) / sine);
            }
            float norm = 0f;
            for (int i = 0; i < 4; i++)
            {
                float value = weightA * a[atA + i] + weightB * sign * b[atB + i];
                result[at + i] = value;
                norm += value * value;
            }
            float scale = 1f / (float)Math.Sqrt(Math.Max(norm, 1e-12f));
            for (int i = 0; i < 4; i++)
            {
                result[at + i] *= scale;
            }
        }

        /// <summary>a * b: first b turns, then a. The result may be one of the two.</summary>
        public static void Multiply(float[] a, int atA, float[] b, int atB, float[] result, int at)
        {
            float ax = a[atA], ay = a[atA + 1], az = a[atA + 2], aw = a[atA + 3];
            float bx = b[atB], by = b[atB + 1], bz = b[atB + 2], bw = b[atB + 3];
            result[at] = aw * bx + ax * bw + ay * bz - az * by;
            result[at + 1] = aw * by - ax * bz + ay * bw + az * bx;
            result[at + 2] = aw * bz + ax * by - ay * bx + az * bw;
            result[at + 3] = aw * bw - ax * bx - ay * by - az * bz;
        }

        /// <summary>The angle between two rotations, in degrees.</summary>
        public static float AngleDeg(float[] a, int atA, float[] b, int atB)
        {
            double same = 0;
            double other = 0;
            for (int i = 0; i < 4; i++)
            {
                double difference = a[atA + i] - b[atB + i];
                double sum = a[atA + i] + b[atB + i];
                same += difference * difference;
                other += sum * sum;
            }
            double near = Math.Sqrt(Math.Min(same, other));
            double far = Math.Sqrt(Math.Max(same, other));
            return (float)(4.0 * Math.Atan2(near, far) * 180.0 / Math.PI);
        }
    }
}
