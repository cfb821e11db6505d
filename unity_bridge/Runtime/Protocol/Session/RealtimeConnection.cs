using System;
using System.Text;

namespace Solami.Protocol
{
    /// <summary>Takes a media frame; the payload follows the header in the message. Copy what is to be kept.</summary>
    public delegate void MediaHandler(MediaHeader header, byte[] message);

    /// <summary>
    /// One session over one socket after another: handshake, counting, reconnecting and resuming. Polled with
    /// <see cref="Update"/>; everything is raised inside that call, on the caller's thread.
    /// </summary>
    public sealed class RealtimeConnection
    {
        private const int TrackersBytes = 256;
        private const int VoiceBytes = 1024;
        private readonly ConnectionOptions _options;
        private readonly SessionSettings _settings;
        private readonly IWebSocketFactory _sockets;
        private readonly ResumeTicket _ticket = new ResumeTicket();
        private readonly ReconnectPolicy _policy;
        private readonly ResumeLedger _ledger;
        private IWebSocket _socket;
        private bool _isResuming;
        private double _openedS;
        private double _nextTryS;

        /// <summary>A connection that is still closed.</summary>
        public RealtimeConnection(ConnectionOptions options, SessionSettings settings, IWebSocketFactory sockets)
        {
            _options = options;
            _settings = settings;
            _sockets = sockets;
            _policy = new ReconnectPolicy(options.Reconnects);
            _ledger = new ResumeLedger(options.KeptBytes);
            Pool.Reserve(ResumeLedger.MaxKept, TrackersBytes);
            Pool.Reserve(ResumeLedger.MaxKept, VoiceBytes);
        }

        /// <summary>A JSON message arrived.</summary>
        public event Action<ServerEvent> EventArrived;

        /// <summary>A media frame of a known type arrived.</summary>
        public event MediaHandler MediaArrived;

        /// <summary>The state changed.</summary>
        public event Action<ConnectionState> StateChanged;

        /// <summary>A session that this client had is over; the next one knows nothing of it.</summary>
        public event Action SessionLost;

        /// <summary>Something went wrong that the state alone does not tell, in one sentence.</summary>
        public event Action<string> Problem;

        /// <summary>Buffers of this connection.</summary>
        public MessagePool Pool { get; } = new MessagePool();

        /// <summary>Where it stands.</summary>
        public ConnectionState State { get; private set; }

        /// <summary>How often a session went on after a cut.</summary>
        public int Resumes { get; private set; }

        /// <summary>Counts of this session's messages.</summary>
        public ResumeLedger Ledger => _ledger;

        /// <summary>Whether the server can resume this session.</summary>
        public bool CanResume => _ticket.Token != null;

        /// <summary>Starts a new session. An address that cannot be one is refused at once.</summary>
        public void Open(double nowS)
        {
            Close();
            string fault = _options.AddressFault();
            if (fault != null)
            {
                Problem?.Invoke(fault);
                SetState(ConnectionState.Refused);
                return;
            }
            Connect(nowS);
        }

        /// <summary>Leaves for good.</summary>
        public void Close()
        {
            DropSocket();
            ForgetSession();
            SetState(ConnectionState.Closed);
        }

        /// <summary>Breaks the socket as a bad network would; the session is then resumed. For tests.</summary>
        public void BreakSocket()
        {
            _socket?.Abort();
        }

        /// <summary>Sends a message of the session. After a cut it waits; before the greeting it is dropped.</summary>
        public void Send(MessageBuffer message)
        {
            bool isReady = State == ConnectionState.Ready;
            bool isCut = CanResume && (State == ConnectionState.Reconnecting || _isResuming);
            if (isReady || isCut)
            {
                _ledger.NoteSent(message);
            }
            if (isReady)
            {
                _socket.Send(message);
            }
            else
            {
                message.Release();
            }
        }

        /// <summary>Sends an event of <see cref="ClientEvents"/>.</summary>
        public void SendText(string json)
        {
            Send(Pool.RentText(json));
        }

        /// <summary>Takes what has arrived and does what is due. Call it every frame.</summary>
        public void Update(double nowS)
        {
            if (State == ConnectionState.Reconnecting && nowS >= _nextTryS)
            {
                Connect(nowS);
            }
            IWebSocket socket = _socket;
            if (socket == null)
            {
                return;
            }
            bool wasClosed = socket.State == SocketState.Closed;
            MessageBuffer message;
            while (_socket == socket && socket.TryReceive(out message))
            {
                Take(message);
            }
            bool isLate = State == ConnectionState.Connecting && nowS - _openedS > _options.GreetingTimeoutS;
            if (_socket == socket && (wasClosed || isLate))
            {
                OnCut(socket.CloseCode, isLate ? "the server does not greet" : socket.CloseReason, nowS);
            }
        }

        private void Connect(double nowS)
        {
            _policy.Begin();
            _openedS = nowS;
            _isResuming = _ticket.IsGoodAt(nowS);
            if (!_isResuming)
            {
                LoseSession();
            }
            SetState(ConnectionState.Connecting);
            _socket = _sockets.Open(_options.Address(_ticket.Token, _ledger.Received), _options.ApiKey, Pool);
        }

        private void Take(MessageBuffer message)
        {
            try
            {
                if (!_isResuming)
                {
                    _ledger.NoteReceived();
                }
                if (message.IsText)
                {
                    TakeEvent(ServerEventParser.Parse(Encoding.UTF8.GetString(message.Data, 0, message.Count)));
                    return;
                }
                MediaHeader header = MediaHeader.Read(message.Data, message.Count);
                if (header.IsKnown)
                {
                    MediaArrived?.Invoke(header, message.Data);
                }
            }
            catch (ProtocolException error)
            {
                Problem?.Invoke($"{error.Code}: {error.Message}");
            }
            finally
            {
                message.Release();
            }
        }

        private void TakeEvent(ServerEvent body)
        {
            if (body is SessionCreated created)
            {
                _ticket.Take(created);
                MessageBuffer update = Pool.RentText(ClientEvents.SessionUpdate(_settings.ToJson()));
                _ledger.NoteSent(update);
                _socket.Send(update);
            }
            else if (body is SessionResumed resumed)
            {
                _isResuming = false;
                _ledger.Resume(resumed.Received, _socket);
                Resumes++;
            }
            else if (body is ErrorEvent error)
            {
                TakeError(error);
            }
            bool isAgreed = body is SessionUpdated || body is SessionResumed && _ticket.WasReady;
            if (isAgreed && State == ConnectionState.Connecting)
            {
                _policy.Succeeded();
                _ticket.WasReady = true;
                SetState(ConnectionState.Ready);
            }
            EventArrived?.Invoke(body);
        }

        private void TakeError(ErrorEvent error)
        {
            _policy.Note(error);
            if (State == ConnectionState.Connecting && ReconnectPolicy.IsRefusal(error))
            {
                Problem?.Invoke($"the server refuses: {error.Code}: {error.Message}");
                DropSocket();
                ForgetSession();
                SetState(ConnectionState.Refused);
            }
        }

        private void OnCut(int closeCode, string reason, double nowS)
        {
            DropSocket();
            if (State == ConnectionState.Ready || !_ticket.WasReady)
            {
                _ticket.NoteCut(nowS);
            }
            Problem?.Invoke($"the connection ended ({closeCode} {_policy.LastErrorCode ?? reason})");
            bool isOver = _policy.IsOver(closeCode);
            if (isOver || _policy.IsSessionGone)
            {
                LoseSession();
            }
            if (isOver)
            {
                SetState(_policy.IsRefused ? ConnectionState.Refused : ConnectionState.Closed);
                return;
            }
            _nextTryS = nowS + _policy.TakeWaitS();
            SetState(ConnectionState.Reconnecting);
        }

        private void LoseSession()
        {
            bool hadSession = _ticket.WasReady;
            ForgetSession();
            if (hadSession)
            {
                SessionLost?.Invoke();
            }
        }

        private void ForgetSession()
        {
            _ticket.Forget();
            _isResuming = false;
            _ledger.Clear();
        }

        private void DropSocket()
        {
            _socket?.Close();
            _socket = null;
        }

        private void SetState(ConnectionState state)
        {
            if (State != state)
            {
                State = state;
                StateChanged?.Invoke(state);
            }
        }
    }
}
