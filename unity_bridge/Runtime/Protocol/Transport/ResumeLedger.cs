using System.Collections.Generic;

namespace Solami.Protocol
{
    /// <summary>
    /// Counts the messages of a session both ways and keeps the newest sent ones, to send them again.
    /// </summary>
    public sealed class ResumeLedger
    {
        /// <summary>Most messages that are kept.</summary>
        public const int MaxKept = 1024;

        private readonly Queue<MessageBuffer> _kept = new Queue<MessageBuffer>(MaxKept + 1);
        private readonly int _maxKeptBytes;
        private int _keptBytes;

        /// <summary>
        /// A ledger that keeps at most so many bytes of sent messages, and at most <see cref="MaxKept"/> of them.
        /// </summary>
        public ResumeLedger(int maxKeptBytes)
        {
            _maxKeptBytes = maxKeptBytes;
        }

        /// <summary>Messages taken from the server in this session.</summary>
        public long Received { get; private set; }

        /// <summary>Messages given to the server in this session.</summary>
        public long Sent { get; private set; }

        /// <summary>Messages that a cut lost for good because they were no longer kept.</summary>
        public long Lost { get; private set; }

        /// <summary>A new session begins.</summary>
        public void Clear()
        {
            Received = Sent = Lost = 0;
            while (_kept.Count > 0)
            {
                Drop();
            }
        }

        /// <summary>A message of the session arrived.</summary>
        public void NoteReceived()
        {
            Received++;
        }

        /// <summary>A message is about to be sent; the ledger holds it too.</summary>
        public void NoteSent(MessageBuffer message)
        {
            Sent++;
            message.Hold();
            _kept.Enqueue(message);
            _keptBytes += message.Count;
            while (_keptBytes > _maxKeptBytes || _kept.Count > MaxKept)
            {
                Drop();
            }
        }

        /// <summary>
        /// The session goes on: the server has taken so many of ours. Sends the rest again, oldest first.
        /// </summary>
        public void Resume(long takenByServer, IWebSocket socket)
        {
            long firstKept = Sent - _kept.Count;
            while (_kept.Count > 0 && firstKept < takenByServer)
            {
                Drop();
                firstKept++;
            }
            Lost += firstKept - takenByServer;
            Sent = takenByServer + _kept.Count;
            foreach (MessageBuffer message in _kept)
            {
                message.Hold();
                socket.Send(message);
            }
        }

        private void Drop()
        {
            MessageBuffer message = _kept.Dequeue();
            _keptBytes -= message.Count;
            message.Release();
        }
    }
}
