namespace Solami.Protocol
{
    /// <summary>The 24 bytes in front of every binary message.</summary>
    public readonly struct MediaHeader
    {
        /// <summary>Length of the header.</summary>
        public const int Bytes = 24;

        /// <summary>The highest type that this version knows.</summary>
        public const int LastKnownType = 7;

        /// <summary>A header; flags and stream are 0 in this version.</summary>
        public MediaHeader(MediaType type, uint epoch, uint seq, ulong sample, int payloadBytes)
            : this((byte)type, 0, 0, epoch, seq, sample, payloadBytes)
        {
        }

        private MediaHeader(
            byte typeNumber, byte flags, ushort stream, uint epoch, uint seq, ulong sample, int payloadBytes)
        {
            TypeNumber = typeNumber;
            Flags = flags;
            Stream = stream;
            Epoch = epoch;
            Seq = seq;
            Sample = sample;
            PayloadBytes = payloadBytes;
        }

        /// <summary>The type as sent; it may be one this version does not know.</summary>
        public byte TypeNumber { get; }

        /// <summary>The type; look at <see cref="IsKnown"/> first.</summary>
        public MediaType Type => (MediaType)TypeNumber;

        /// <summary>Whether this version knows the type; other frames are skipped.</summary>
        public bool IsKnown => TypeNumber >= 1 && TypeNumber <= LastKnownType;

        /// <summary>Reserved; ignored.</summary>
        public byte Flags { get; }

        /// <summary>Reserved; 0.</summary>
        public ushort Stream { get; }

        /// <summary>The response that the frame belongs to; 0 from clients and between replies.</summary>
        public uint Epoch { get; }

        /// <summary>Counts frames of one type in one direction.</summary>
        public uint Seq { get; }

        /// <summary>Where the payload starts on the response's audio clock, in samples.</summary>
        public ulong Sample { get; }

        /// <summary>Length of the payload.</summary>
        public int PayloadBytes { get; }

        /// <summary>Reads the header of a whole message.</summary>
        /// <exception cref="ProtocolException">truncated_frame: shorter or longer than it says.</exception>
        public static MediaHeader Read(byte[] message, int messageBytes)
        {
            if (messageBytes < Bytes)
            {
                throw new ProtocolException(
                    "truncated_frame", $"A media frame needs {Bytes} header bytes; got {messageBytes}.");
            }
            uint payload = LittleEndian.ReadUInt32(message, 20);
            if (payload != messageBytes - Bytes)
            {
                throw new ProtocolException(
                    "truncated_frame", $"The header announces {payload} payload bytes; got {messageBytes - Bytes}.");
            }
            return new MediaHeader(
                message[0],
                message[1],
                LittleEndian.ReadUInt16(message, 2),
                LittleEndian.ReadUInt32(message, 4),
                LittleEndian.ReadUInt32(message, 8),
                LittleEndian.ReadUInt64(message, 12),
                (int)payload);
        }

        /// <summary>Writes the header at the start of a message.</summary>
        public void Write(byte[] message)
        {
            message[0] = TypeNumber;
            message[1] = Flags;
            LittleEndian.WriteUInt16(message, 2, Stream);
            LittleEndian.WriteUInt32(message, 4, Epoch);
            LittleEndian.WriteUInt32(message, 8, Seq);
            LittleEndian.WriteUInt64(message, 12, Sample);
            LittleEndian.WriteUInt32(message, 20, (uint)PayloadBytes);
        }
    }
}
