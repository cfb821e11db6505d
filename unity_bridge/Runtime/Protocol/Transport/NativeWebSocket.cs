using System;
using System.Collections.Generic;
using System.Net.WebSockets;
using System.Threading;
using System.Threading.Tasks;

namespace Solami.Protocol
{
    /// <summary>Opens sockets of .NET; for every platform but browsers.</summary>
    public sealed class NativeWebSocketFactory : IWebSocketFactory
    {
        /// <inheritdoc/>
        public IWebSocket Open(string url, string apiKey, MessagePool pool)
        {
            return new NativeWebSocket(url, apiKey, pool);
        }
    }

    /// <summary>
    /// A ClientWebSocket behind queues: two background tasks move messages, the game loop only looks.
    /// </summary>
    public sealed class NativeWebSocket : IWebSocket
    {
        private const int PieceBytes = 1 << 14;
        private const int NoStatus = 1005;
        private const int GoodbyeMs = 1000;
        private readonly ClientWebSocket _socket = new ClientWebSocket();
        private readonly CancellationTokenSource _end = new CancellationTokenSource();
        private readonly Queue<MessageBuffer> _arrived = new Queue<MessageBuffer>();
        private readonly Queue<MessageBuffer> _leaving = new Queue<MessageBuffer>();
        private readonly SemaphoreSlim _hasLeaving = new SemaphoreSlim(0);
        private readonly MessagePool _pool;
        private volatile SocketState _state = SocketState.Connecting;

        /// <summary>Starts to connect.</summary>
        public NativeWebSocket(string url, string apiKey, MessagePool pool)
        {
            _pool = pool;
            CloseReason = string.Empty;
            if (!string.IsNullOrEmpty(apiKey))
            {
                _socket.Options.SetRequestHeader("Authorization", "Bearer " + apiKey);
            }
            Task.Run(() => RunAsync(new Uri(url)));
        }

        /// <inheritdoc/>
        public SocketState State => _state;

        /// <inheritdoc/>
        public int CloseCode { get; private set; }

        /// <inheritdoc/>
        public string CloseReason { get; private set; }

        /// <inheritdoc/>
        public void Send(MessageBuffer message)
        {
            if (_state == SocketState.Closed)
            {
                message.Release();
                return;
            }
            lock (_leaving)
            {
                _leaving.Enqueue(message);
            }
            _hasLeaving.Release();
        }

        /// <inheritdoc/>
        public bool TryReceive(out MessageBuffer message)
        {
            lock (_arrived)
            {
                message = _arrived.Count > 0 ? _arrived.Dequeue() : null;
            }
            return message != null;
        }

        /// <inheritdoc/>
        public void Close()
        {
            if (_state == SocketState.Connecting)
            {
                Abort();
                return;
            }
            lock (_leaving)
            {
                _leaving.Enqueue(null);
            }
            _hasLeaving.Release();
        }

        /// <inheritdoc/>
        public void Abort()
        {
            _end.Cancel();
        }

        private async Task RunAsync(Uri url)
        {
            try
            {
                await _socket.ConnectAsync(url, _end.Token).ConfigureAwait(false);
                _state = SocketState.Open;
                Task sending = SendAllAsync();
                Task receiving = ReceiveAllAsync();
                await Task.WhenAny(sending, receiving).ConfigureAwait(false);
                await SayGoodbyeAsync().ConfigureAwait(false);
                await Task.WhenAny(receiving, Task.Delay(GoodbyeMs)).ConfigureAwait(false);
                _end.Cancel();
                await Task.WhenAll(sending, receiving).ConfigureAwait(false);
            }
            catch (Exception error) // whatever ends a background task is told to the game: here nobody else sees it
            {
                if (CloseReason.Length == 0)
                {
                    CloseReason = error.GetBaseException().Message;
                }
            }
            finally
            {
                _state = SocketState.Closed;
                _socket.Dispose();
                DropLeaving();
            }
        }

        private async Task SayGoodbyeAsync()
        {
            bool isOpen = _socket.State == WebSocketState.Open || _socket.State == WebSocketState.CloseReceived;
            if (!isOpen || _end.IsCancellationRequested)
            {
                return;
            }
            using (var patience = new CancellationTokenSource(GoodbyeMs))
            {
                WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure;
                await _socket.CloseOutputAsync(status, string.Empty, patience.Token).ConfigureAwait(false);
            }
        }

        private async Task SendAllAsync()
        {
            while (true)
            {
                await _hasLeaving.WaitAsync(_end.Token).ConfigureAwait(false);
                MessageBuffer message;
                lock (_leaving)
                {
                    message = _leaving.Dequeue();
                }
                if (message == null)
                {
                    return;
                }
                try
                {
                    var bytes = new ArraySegment<byte>(message.Data, 0, message.Count);
                    var kind = message.IsText ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
                    await _socket.SendAsync(bytes, kind, true, CancellationToken.None).ConfigureAwait(false);
                }
                finally
                {
                    message.Release();
                }
            }
        }

        private async Task ReceiveAllAsync()
        {
            while (true)
            {
                MessageBuffer message = await ReceiveOneAsync().ConfigureAwait(false);
                if (message == null)
                {
                    return;
                }
                lock (_arrived)
                {
                    _arrived.Enqueue(message);
                }
            }
        }

        private async Task<MessageBuffer> ReceiveOneAsync()
        {
            MessageBuffer message = _pool.Rent(PieceBytes);
            while (true)
            {
                var free = new ArraySegment<byte>(message.Data, message.Count, message.Data.Length - message.Count);
                WebSocketReceiveResult piece = await _socket.ReceiveAsync(free, _end.Token).ConfigureAwait(false);
                if (piece.MessageType == WebSocketMessageType.Close)
                {
                    CloseCode = (int)(piece.CloseStatus ?? (WebSocketCloseStatus)NoStatus);
                    CloseReason = piece.CloseStatusDescription ?? string.Empty;
                    message.Release();
                    return null;
                }
                message.Count += piece.Count;
                message.IsText = piece.MessageType == WebSocketMessageType.Text;
                if (piece.EndOfMessage)
                {
                    return message;
                }
                message = message.Count < message.Data.Length ? message : Grown(message);
            }
        }

        private MessageBuffer Grown(MessageBuffer message)
        {
            MessageBuffer larger = _pool.Rent(2 * message.Data.Length);
            Buffer.BlockCopy(message.Data, 0, larger.Data, 0, message.Count);
            larger.Count = message.Count;
            message.Release();
            return larger;
        }

        private void DropLeaving()
        {
            lock (_leaving)
            {
                while (_leaving.Count > 0)
                {
                    _leaving.Dequeue()?.Release();
                }
            }
        }
    }
}
