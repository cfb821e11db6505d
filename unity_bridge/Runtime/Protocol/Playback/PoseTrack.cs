using System;

namespace Solami.Protocol
{
    /// <summary>
    /// Poses by their place on an audio clock, in order however they came; read between poses by slerp.
    /// </summary>
    public sealed class PoseTrack
    {
        private float[] _poses;
        private double[] _stamps;
        private int _first;
        private bool _isFirstShown;

        /// <summary>A track with room for so many poses before it must grow.</summary>
        public PoseTrack(int capacity)
        {
            _poses = new float[capacity * PoseFormat.Floats];
            _stamps = new double[capacity];
        }

        /// <summary>Poses that are held.</summary>
        public int Count { get; private set; }

        /// <summary>Poses whose time has come while the track was read, since the last <see cref="Clear"/>.</summary>
        public long Shown { get; private set; }

        /// <summary>Poses that came after their time.</summary>
        public long Late { get; private set; }

        /// <summary>The stamp of the first pose held.</summary>
        public double FirstStamp => Count == 0 ? double.NaN : _stamps[_first];

        /// <summary>The stamp of the last pose held.</summary>
        public double LastStamp => Count == 0 ? double.NaN : _stamps[Slot(Count - 1)];

        /// <summary>Forgets all.</summary>
        public void Clear()
        {
            Count = 0;
            Shown = Late = 0;
            _isFirstShown = false;
        }

        /// <summary>Takes one pose out of a message.</summary>
        public void Add(double stamp, byte[] message, int offset)
        {
            int at = Count;
            while (at > 0 && _stamps[Slot(at - 1)] >= stamp)
            {
                at--;
            }
            bool isAgain = at < Count && Math.Abs(_stamps[Slot(at)] - stamp) < 0.5;
            if (at == 0 && Shown > 0 && !isAgain)
            {
                Late++;
                return;
            }
            if (!isAgain)
            {
                OpenGap(at);
            }
            _stamps[Slot(at)] = stamp;
            PoseFormat.Read(message, offset, _poses, Slot(at) * PoseFormat.Floats, PoseFormat.Floats);
        }

        /// <summary>
        /// The pose at a place; before the first and after the last those are held. Forgets what is over. False when
        /// the track is empty.
        /// </summary>
        public bool Read(double at, float[] pose)
        {
            while (Count > 1 && _stamps[Slot(1)] <= at)
            {
                NoteShown();
                _first = Slot(1);
                Count--;
                _isFirstShown = false;
            }
            if (Count == 0)
            {
                return false;
            }
            if (_stamps[_first] <= at)
            {
                NoteShown();
            }
            float t = 0f;
            if (Count > 1)
            {
                double span = _stamps[Slot(1)] - _stamps[_first];
                t = (float)Math.Max(0.0, (at - _stamps[_first]) / span);
            }
            Blend(_poses, _first * PoseFormat.Floats, _poses, Slot(Count > 1 ? 1 : 0) * PoseFormat.Floats, t, pose);
            return true;
        }

        /// <summary>A pose between two: hips in a line, bones by slerp. The result may be one of the two.</summary>
        public static void Blend(float[] a, int atA, float[] b, int atB, float t, float[] result)
        {
            for (int i = 0; i < 3; i++)
            {
                result[i] = a[atA + i] + t * (b[atB + i] - a[atA + i]);
            }
            for (int bone = 0; bone < Bones.Count; bone++)
            {
                int at = PoseFormat.RotationAt(bone);
                Quaternions.Slerp(a, atA + at, b, atB + at, t, result, at);
            }
        }

        private void NoteShown()
        {
            Shown += _isFirstShown ? 0 : 1;
            _isFirstShown = true;
        }

        private int Slot(int index)
        {
            return (_first + index) % _stamps.Length;
        }

        private void OpenGap(int at)
        {
            if (Count == _stamps.Length)
            {
                Grow();
            }
            Count++;
            for (int i = Count - 1; i > at; i--)
            {
                _stamps[Slot(i)] = _stamps[Slot(i - 1)];
                int from = Slot(i - 1) * PoseFormat.Floats;
                Array.Copy(_poses, from, _poses, Slot(i) * PoseFormat.Floats, PoseFormat.Floats);
            }
        }

        private void Grow()
        {
            var stamps = new double[2 * _stamps.Length];
            var poses = new float[stamps.Length * PoseFormat.Floats];
            for (int i = 0; i < Count; i++)
            {
                stamps[i] = _stamps[Slot(i)];
                Array.Copy(_poses, Slot(i) * PoseFormat.Floats, poses, i * PoseFormat.Floats, PoseFormat.Floats);
            }
            _stamps = stamps;
            _poses = poses;
            _first = 0;
        }
    }
}
