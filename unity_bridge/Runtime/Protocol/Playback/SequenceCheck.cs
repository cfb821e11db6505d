namespace Solami.Protocol
{
    /// <summary>Counts the frames of each media type and those that the numbers show to be missing.</summary>
    public sealed class SequenceCheck
    {
        private const int Types = MediaHeader.LastKnownType + 1;
        private readonly long[] _next = new long[Types];

        /// <summary>Frames that arrived.</summary>
        public long Taken { get; private set; }

        /// <summary>Frames that were left out and have not come since.</summary>
        public long Lost { get; private set; }

        /// <summary>A new session counts from 0.</summary>
        public void Clear()
        {
            for (int i = 0; i < Types; i++)
            {
                _next[i] = 0;
            }
            Taken = Lost = 0;
        }

        /// <summary>A frame arrived. False when it came out of order or twice.</summary>
        public bool Note(MediaHeader header)
        {
            Taken++;
            long next = _next[header.TypeNumber];
            if (header.Seq < next)
            {
                Lost = Lost > 0 ? Lost - 1 : 0;
                return false;
            }
            Lost += header.Seq - next;
            _next[header.TypeNumber] = header.Seq + 1L;
            return true;
        }
    }
}
