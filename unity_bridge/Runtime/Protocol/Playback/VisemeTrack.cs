using System;

namespace Solami.Protocol
{
    /// <summary>
    /// Rows of mouth shapes by their place on an audio clock; a row is reached in the middle of its time.
    /// </summary>
    public sealed class VisemeTrack
    {
        private const int Capacity = 4096;
        private readonly float[] _rows = new float[Capacity * VisemeFormat.Count];
        private readonly bool[] _isThere = new bool[Capacity];
        private readonly double _rowSamples;
        private long _low;
        private long _end;

        /// <summary>A track whose rows each last so many samples.</summary>
        public VisemeTrack(double rowSamples)
        {
            _rowSamples = rowSamples;
        }

        /// <summary>Rows that have arrived since the last <see cref="Clear"/>.</summary>
        public long Taken { get; private set; }

        /// <summary>Forgets all.</summary>
        public void Clear()
        {
            Array.Clear(_isThere, 0, Capacity);
            _low = _end = Taken = 0;
        }

        /// <summary>Takes a payload of rows that starts at a sample.</summary>
        public void Add(ulong sample, byte[] message, int offset, int byteCount)
        {
            long row = (long)Math.Round(sample / _rowSamples);
            for (int i = 0; i < VisemeFormat.RowsIn(byteCount); i++, row++)
            {
                if (row < _low || row >= _low + Capacity)
                {
                    continue;
                }
                int slot = (int)(row % Capacity);
                VisemeFormat.ReadRow(message, offset + i * VisemeFormat.Count, _rows, slot * VisemeFormat.Count);
                _isThere[slot] = true;
                _end = Math.Max(_end, row + 1);
                Taken++;
            }
        }

        /// <summary>The weights at a place; a closed mouth where no row is.</summary>
        public void Read(double sample, float[] weights)
        {
            double at = sample / _rowSamples - 0.5;
            long row = (long)Math.Floor(at);
            float t = (float)(at - row);
            for (int i = 0; i < VisemeFormat.Count; i++)
            {
                weights[i] = (1f - t) * Weight(row, i) + t * Weight(row + 1, i);
            }
            DropBefore(row);
        }

        /// <summary>A closed mouth.</summary>
        public static void Rest(float[] weights)
        {
            Array.Clear(weights, 0, VisemeFormat.Count);
            weights[0] = 1f;
        }

        private float Weight(long row, int shape)
        {
            bool isThere = row >= _low && row < _end && _isThere[row % Capacity];
            return isThere ? _rows[row % Capacity * VisemeFormat.Count + shape] : (shape == 0 ? 1f : 0f);
        }

        private void DropBefore(long row)
        {
            for (; _low < row; _low++)
            {
                _isThere[_low % Capacity] = false;
            }
        }
    }
}
