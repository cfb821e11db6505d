using System;
using System.Text;

namespace Solami.Protocol
{
    /// <summary>Writes output.playback without garbage, as it is sent several times a second.</summary>
    public static class PlaybackReport
    {
        private static readonly byte[] Head = Encoding.ASCII.GetBytes("{\"type\":\"output.playback\"");
        private static readonly byte[] Response = Encoding.ASCII.GetBytes(",\"response_id\":\"");
        private static readonly byte[] Sample = Encoding.ASCII.GetBytes("\",\"sample\":");
        private static readonly byte[] Underruns = Encoding.ASCII.GetBytes(",\"underruns\":");
        private static readonly byte[] Received = Encoding.ASCII.GetBytes(",\"received\":");

        /// <summary>
        /// A message; received below 0 is left out. The id is plain ASCII without quotes, as servers make it.
        /// </summary>
        public static MessageBuffer Rent(MessagePool pool, string responseId, long sample, int underruns, long received)
        {
            MessageBuffer message = Begin(pool);
            Put(message, Response);
            for (int i = 0; i < responseId.Length; i++)
            {
                message.Data[message.Count++] = (byte)responseId[i];
            }
            Put(message, Sample);
            Put(message, sample);
            Put(message, Underruns);
            Put(message, underruns);
            return End(message, received);
        }

        /// <summary>A message that only says how many messages have been received.</summary>
        public static MessageBuffer RentReceived(MessagePool pool, long received)
        {
            return End(Begin(pool), received);
        }

        private static MessageBuffer Begin(MessagePool pool)
        {
            MessageBuffer message = pool.Rent(250);
            message.IsText = true;
            Put(message, Head);
            return message;
        }

        private static MessageBuffer End(MessageBuffer message, long received)
        {
            if (received >= 0)
            {
                Put(message, Received);
                Put(message, received);
            }
            message.Data[message.Count++] = (byte)'}';
            return message;
        }

        private static void Put(MessageBuffer message, byte[] text)
        {
            Buffer.BlockCopy(text, 0, message.Data, message.Count, text.Length);
            message.Count += text.Length;
        }

        private static void Put(MessageBuffer message, long number)
        {
            long power = 1;
            while (number / power >= 10)
            {
                power *= 10;
            }
            for (; power > 0; power /= 10)
            {
                message.Data[message.Count++] = (byte)('0' + number / power % 10);
            }
        }
    }
}
