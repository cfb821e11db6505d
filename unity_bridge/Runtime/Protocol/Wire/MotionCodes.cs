namespace Solami.Protocol
{
    /// <summary>
    /// Reads motion sent as codes: per code frame the body codes and then the hand codes, uint16 each.
    /// </summary>
    public sealed class MotionCodes
    {
        /// <summary>A layout of so many body and hand codes a frame, and so many frames a second.</summary>
        public MotionCodes(int bodyCodes, int handCodes, double framesPerSecond, string decoderPath)
        {
            BodyCodes = bodyCodes;
            HandCodes = handCodes;
            FramesPerSecond = framesPerSecond;
            DecoderPath = decoderPath;
        }

        /// <summary>Code frames a second.</summary>
        public double FramesPerSecond { get; }

        /// <summary>Where the server hands out the ONNX decoder; null: nowhere.</summary>
        public string DecoderPath { get; }

        /// <summary>Body codes of one frame.</summary>
        public int BodyCodes { get; }

        /// <summary>Hand codes of one frame.</summary>
        public int HandCodes { get; }

        /// <summary>How many code frames a payload holds.</summary>
        /// <exception cref="ProtocolException">invalid_motion: not whole code frames.</exception>
        public int FramesIn(int payloadBytes)
        {
            int frameBytes = 2 * (BodyCodes + HandCodes);
            if (payloadBytes % frameBytes != 0)
            {
                throw new ProtocolException(
                    "invalid_motion", $"Motion codes have {frameBytes} bytes a code frame; got {payloadBytes} bytes.");
            }
            return payloadBytes / frameBytes;
        }

        /// <summary>Reads the codes of one frame: body codes, then hand codes.</summary>
        public void ReadFrame(byte[] bytes, int offset, int frame, ushort[] codes)
        {
            int count = BodyCodes + HandCodes;
            for (int i = 0; i < count; i++)
            {
                codes[i] = LittleEndian.ReadUInt16(bytes, offset + 2 * (frame * count + i));
            }
        }
    }
}
