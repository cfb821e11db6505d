namespace Solami.Protocol
{
    /// <summary>Little-endian numbers in byte arrays, without garbage and on any host.</summary>
    public static class LittleEndian
    {
        /// <summary>Two bytes at <paramref name="at"/>.</summary>
        public static ushort ReadUInt16(byte[] bytes, int at)
        {
            return (ushort)(bytes[at] | bytes[at + 1] << 8);
        }

        /// <summary>Four bytes at <paramref name="at"/>.</summary>
        public static uint ReadUInt32(byte[] bytes, int at)
        {
            return (uint)(bytes[at] | bytes[at + 1] << 8 | bytes[at + 2] << 16 | bytes[at + 3] << 24);
        }

        /// <summary>Eight bytes at <paramref name="at"/>.</summary>
        public static ulong ReadUInt64(byte[] bytes, int at)
        {
            return ReadUInt32(bytes, at) | (ulong)ReadUInt32(bytes, at + 4) << 32;
        }

        /// <summary>Writes two bytes.</summary>
        public static void WriteUInt16(byte[] bytes, int at, ushort value)
        {
            bytes[at] = (byte)value;
            bytes[at + 1] = (byte)(value >> 8);
        }

        /// <summary>Writes four bytes.</summary>
        public static void WriteUInt32(byte[] bytes, int at, uint value)
        {
            WriteUInt16(bytes, at, (ushort)value);
            WriteUInt16(bytes, at + 2, (ushort)(value >> 16));
        }

        /// <summary>Writes eight bytes.</summary>
        public static void WriteUInt64(byte[] bytes, int at, ulong value)
        {
            WriteUInt32(bytes, at, (uint)value);
            WriteUInt32(bytes, at + 4, (uint)(value >> 32));
        }
    }
}
