using System.Threading;

namespace Solami.Protocol
{
    /// <summary>One message in a pooled array. Whoever holds it releases it once.</summary>
    public sealed class MessageBuffer
    {
        private readonly MessagePool _pool;
        private int _holders;

        internal MessageBuffer(MessagePool pool, int capacity)
        {
            _pool = pool;
            Data = new byte[capacity];
        }

        /// <summary>The array; only the first <see cref="Count"/> bytes are the message.</summary>
        public byte[] Data { get; }

        /// <summary>Length of the message.</summary>
        public int Count { get; set; }

        /// <summary>Whether it is JSON text in UTF-8; else a media frame.</summary>
        public bool IsText { get; set; }

        /// <summary>One more holder.</summary>
        public void Hold()
        {
            Interlocked.Increment(ref _holders);
        }

        /// <summary>One holder less; the last one gives the array back to the pool.</summary>
        public void Release()
        {
            if (Interlocked.Decrement(ref _holders) == 0)
            {
                _pool.TakeBack(this);
            }
        }

        internal void Lend()
        {
            _holders = 1;
            Count = 0;
            IsText = false;
        }
    }
}
