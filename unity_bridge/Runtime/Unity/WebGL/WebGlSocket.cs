#if UNITY_WEBGL && !UNITY_EDITOR
using System.Runtime.InteropServices;
using Solami.Protocol;

namespace Solami
{
    /// <summary>Opens sockets of the browser.</summary>
    public sealed class WebGlSocketFactory : IWebSocketFactory
    {
        /// <inheritdoc/>
        public IWebSocket Open(string url, string apiKey, MessagePool pool)
        {
            return new WebGlSocket(url, apiKey, pool);
        }
    }

    /// <summary>The browser's WebSocket, through SolamiWeb.jslib. The key travels as a subprotocol.</summary>
    public sealed class WebGlSocket : IWebSocket
    {
        private readonly MessagePool _pool;
        private readonly int _id;

        /// <summary>Starts to connect.</summary>
        public WebGlSocket(string url, string apiKey, MessagePool pool)
        {
            _pool = pool;
            _id = SolamiSocketOpen(url, string.IsNullOrEmpty(apiKey) ? string.Empty : apiKey);
        }

        /// <inheritdoc/>
        public SocketState State => (SocketState)SolamiSocketState(_id);

        /// <inheritdoc/>
        public int CloseCode => SolamiSocketCloseCode(_id);

        /// <inheritdoc/>
        public string CloseReason => "closed by the browser with code " + CloseCode;

        /// <inheritdoc/>
        public void Send(MessageBuffer message)
        {
            SolamiSocketSend(_id, message.Data, message.Count, message.IsText ? 1 : 0);
            message.Release();
        }

        /// <inheritdoc/>
        public bool TryReceive(out MessageBuffer message)
        {
            int bytes = SolamiSocketNext(_id);
            message = bytes < 0 ? null : _pool.Rent(bytes);
            if (message == null)
            {
                return false;
            }
            message.IsText = SolamiSocketTake(_id, message.Data) == 1;
            message.Count = bytes;
            return true;
        }

        /// <inheritdoc/>
        public void Close()
        {
            SolamiSocketClose(_id);
        }

        /// <inheritdoc/>
        public void Abort()
        {
            SolamiSocketClose(_id);
        }

        [DllImport("__Internal")]
        private static extern int SolamiSocketOpen(string url, string key);

        [DllImport("__Internal")]
        private static extern int SolamiSocketState(int id);

        [DllImport("__Internal")]
        private static extern int SolamiSocketCloseCode(int id);

        [DllImport("__Internal")]
        private static extern void SolamiSocketSend(int id, byte[] data, int count, int isText);

        [DllImport("__Internal")]
        private static extern int SolamiSocketNext(int id);

        [DllImport("__Internal")]
        private static extern int SolamiSocketTake(int id, byte[] data);

        [DllImport("__Internal")]
        private static extern void SolamiSocketClose(int id);
    }
}
#endif
