namespace Solami.Protocol
{
    /// <summary>Where a socket stands.</summary>
    public enum SocketState
    {
        /// <summary>The handshake is under way.</summary>
        Connecting,

        /// <summary>Messages travel.</summary>
        Open,

        /// <summary>It is over; what had arrived can still be received.</summary>
        Closed,
    }

    /// <summary>One WebSocket, polled: no callbacks, so that it fits a game loop, threads and browsers alike.</summary>
    public interface IWebSocket
    {
        /// <summary>Where it stands.</summary>
        SocketState State { get; }

        /// <summary>The close code once closed; 0 where the connection broke without one.</summary>
        int CloseCode { get; }

        /// <summary>Why it closed, in words.</summary>
        string CloseReason { get; }

        /// <summary>Queues a message and takes the caller's hold on it over.</summary>
        void Send(MessageBuffer message);

        /// <summary>The next message, which the caller releases; false when there is none now.</summary>
        bool TryReceive(out MessageBuffer message);

        /// <summary>Sends what is queued and leaves; does not wait for it.</summary>
        void Close();

        /// <summary>Breaks the connection without a goodbye.</summary>
        void Abort();
    }

    /// <summary>Opens sockets.</summary>
    public interface IWebSocketFactory
    {
        /// <summary>Starts to connect. The key may be null.</summary>
        IWebSocket Open(string url, string apiKey, MessagePool pool);
    }
}
