// What the package needs of UnityEngine's mathematics, written from Unity's public documentation.
using System;

namespace UnityEngine
{
    public struct Vector2
    {
        public float x;
        public float y;

        public Vector2(float x, float y)
        {
            this.x = x;
            this.y = y;
        }
    }

    public struct Vector3
    {
        public float x;
        public float y;
        public float z;

        public Vector3(float x, float y, float z)
        {
            this.x = x;
            this.y = y;
            this.z = z;
        }

        public static Vector3 zero => new Vector3(0f, 0f, 0f);

        public static Vector3 one => new Vector3(1f, 1f, 1f);

        public static Vector3 up => new Vector3(0f, 1f, 0f);

        public static Vector3 forward => new Vector3(0f, 0f, 1f);

        public float magnitude => (float)Math.Sqrt(x * x + y * y + z * z);

        public Vector3 normalized => magnitude > 1e-6f ? this * (1f / magnitude) : zero;

        public static Vector3 operator +(Vector3 a, Vector3 b) => new Vector3(a.x + b.x, a.y + b.y, a.z + b.z);

        public static Vector3 operator -(Vector3 a, Vector3 b) => new Vector3(a.x - b.x, a.y - b.y, a.z - b.z);

        public static Vector3 operator *(Vector3 a, float s) => new Vector3(a.x * s, a.y * s, a.z * s);

        public static float Dot(Vector3 a, Vector3 b) => a.x * b.x + a.y * b.y + a.z * b.z;

        public static Vector3 Cross(Vector3 a, Vector3 b)
        {
            return new Vector3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x);
        }

        public override string ToString() => string.Format("({0:F3}, {1:F3}, {2:F3})", x, y, z);
    }

    public struct Quaternion
    {
        public float x;
        public float y;
        public float z;
        public float w;

        public Quaternion(float x, float y, float z, float w)
        {
            this.x = x;
            this.y = y;
            this.z = z;
            this.w = w;
        }

        public static Quaternion identity => new Quaternion(0f, 0f, 0f, 1f);

        public static Quaternion Inverse(Quaternion q) => new Quaternion(-q.x, -q.y, -q.z, q.w);

        public static Quaternion AngleAxis(float angle, Vector3 axis)
        {
            double half = angle * Math.PI / 360.0;
            Vector3 turn = axis.normalized * (float)Math.Sin(half);
            return new Quaternion(turn.x, turn.y, turn.z, (float)Math.Cos(half));
        }

        // Unity's documented order: z first, then x, then y.
        public static Quaternion Euler(float x, float y, float z)
        {
            Quaternion aboutX = AngleAxis(x, new Vector3(1f, 0f, 0f));
            Quaternion aboutY = AngleAxis(y, new Vector3(0f, 1f, 0f));
            return aboutY * aboutX * AngleAxis(z, new Vector3(0f, 0f, 1f));
        }

        public static float Angle(Quaternion a, Quaternion b)
        {
            double near = Norm(a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w);
            double far = Norm(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
            return (float)(4.0 * Math.Atan2(Math.Min(near, far), Math.Max(near, far)) * 180.0 / Math.PI);
        }

        private static double Norm(double x, double y, double z, double w) => Math.Sqrt(x * x + y * y + z * z + w * w);

        public static Quaternion operator *(Quaternion a, Quaternion b)
        {
            return new Quaternion(
                a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
                a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
                a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
                a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z);
        }

        public static Vector3 operator *(Quaternion q, Vector3 v)
        {
            var axis = new Vector3(q.x, q.y, q.z);
            Vector3 twice = Vector3.Cross(axis, v) * 2f;
            return v + twice * q.w + Vector3.Cross(axis, twice);
        }
    }

    public static class Mathf
    {
        public const float PI = 3.14159274f;
        public const float Deg2Rad = PI / 180f;
        public const float Rad2Deg = 180f / PI;

        public static float Abs(float f) => Math.Abs(f);

        public static float Sin(float f) => (float)Math.Sin(f);

        public static float Cos(float f) => (float)Math.Cos(f);

        public static float Atan2(float y, float x) => (float)Math.Atan2(y, x);

        public static float Sqrt(float f) => (float)Math.Sqrt(f);

        public static float Exp(float power) => (float)Math.Exp(power);

        public static float Max(float a, float b) => Math.Max(a, b);

        public static float Clamp(float value, float min, float max) => Math.Max(min, Math.Min(max, value));

        public static int Clamp(int value, int min, int max) => Math.Max(min, Math.Min(max, value));

        public static int CeilToInt(float f) => (int)Math.Ceiling(f);
    }

    public static class Random
    {
        private static readonly System.Random Source = new System.Random(7);

        public static float Range(float minInclusive, float maxInclusive)
        {
            return minInclusive + (float)Source.NextDouble() * (maxInclusive - minInclusive);
        }
    }
}
