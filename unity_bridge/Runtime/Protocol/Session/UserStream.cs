namespace Solami.Protocol
{
    /// <summary>What the user says and does, as media frames with running numbers.</summary>
    public sealed class UserStream
    {
        private readonly RealtimeConnection _connection;
        private uint _audioSeq;
        private uint _motionSeq;
        private ulong _sample;

        /// <summary>A stream into a connection.</summary>
        public UserStream(RealtimeConnection connection)
        {
            _connection = connection;
        }

        /// <summary>Samples sent in this session.</summary>
        public ulong SamplesSent => _sample;

        /// <summary>Sends samples at the declared rate; 20 ms pieces are good.</summary>
        public void SendAudio(float[] samples, int first, int count)
        {
            MessageBuffer message = Frame(2 * count);
            new MediaHeader(MediaType.Audio, 0, _audioSeq++, _sample, 2 * count).Write(message.Data);
            Pcm16.Encode(samples, first, count, message.Data, MediaHeader.Bytes);
            _sample += (ulong)count;
            _connection.Send(message);
        }

        /// <summary>
        /// Sends poses (223 floats each) or three-point samples (24 floats each), as the session declared.
        /// </summary>
        public void SendMotion(float[] floats, int count)
        {
            MessageBuffer message = Frame(4 * count);
            new MediaHeader(MediaType.UserMotion, 0, _motionSeq++, _sample, 4 * count).Write(message.Data);
            PoseFormat.Write(floats, 0, count, message.Data, MediaHeader.Bytes);
            _connection.Send(message);
        }

        /// <summary>A new session counts from 0.</summary>
        public void Reset()
        {
            _audioSeq = _motionSeq = 0;
            _sample = 0;
        }

        private MessageBuffer Frame(int payloadBytes)
        {
            MessageBuffer message = _connection.Pool.Rent(MediaHeader.Bytes + payloadBytes);
            message.Count = MediaHeader.Bytes + payloadBytes;
            return message;
        }
    }
}
