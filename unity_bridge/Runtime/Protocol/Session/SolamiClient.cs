using System;

namespace Solami.Protocol
{
    /// <summary>
    /// One conversation with a character: connection, turns and performance together. It needs no engine; the caller
    /// gives the time. All calls on one thread, but for <see cref="Performer.ReadAudio"/>.
    /// </summary>
    public sealed class SolamiClient
    {
        private readonly SessionSettings _settings;
        private readonly PlaybackReporter _reporter;
        private string _responseId;
        private uint _responseEpoch;
        private double _nowS;
        private double _announcedS;
        private bool _isDone = true;

        /// <summary>A client that is not connected yet.</summary>
        public SolamiClient(ConnectionOptions options, SessionSettings settings, IWebSocketFactory sockets)
        {
            _settings = settings;
            Connection = new RealtimeConnection(options, settings, sockets);
            Performer = new Performer(settings.OutputAudioRateHz, 30, 25);
            Mirror = new UserMirror(settings.OutputAudioRateHz, 30);
            User = new UserStream(Connection);
            _reporter = new PlaybackReporter(Connection, Performer);
            Connection.EventArrived += Take;
            Connection.MediaArrived += Take;
            Connection.SessionLost += Reset;
        }

        /// <summary>A JSON message arrived, after the client has acted on it.</summary>
        public event Action<ServerEvent> EventArrived;

        /// <summary>Motion codes arrived, where they were asked for: header and message.</summary>
        public event MediaHandler CodesArrived;

        /// <summary>The connection.</summary>
        public RealtimeConnection Connection { get; }

        /// <summary>What the character shows and says.</summary>
        public Performer Performer { get; }

        /// <summary>The user's body, where the session asked for it back.</summary>
        public UserMirror Mirror { get; }

        /// <summary>What the user says and does.</summary>
        public UserStream User { get; }

        /// <summary>What the server says the character is doing.</summary>
        public AvatarState State { get; private set; }

        /// <summary>Whether a reply is awaited, made or heard.</summary>
        public bool IsReplying => !_isDone || Performer.Epoch != 0;

        /// <summary>From the reply's announcement to its first sound, in seconds; NaN before any.</summary>
        public double ReplyToSoundS { get; private set; } = double.NaN;

        /// <summary>Starts a new session.</summary>
        public void Open(double nowS)
        {
            Reset();
            Connection.Open(nowS);
        }

        /// <summary>Leaves.</summary>
        public void Close()
        {
            Connection.Close();
            Reset();
        }

        /// <summary>Takes what has arrived and prepares the pose of this moment. Call it every frame.</summary>
        public void Update(double nowS)
        {
            _nowS = nowS;
            Connection.Update(nowS);
            Performer.Update(nowS);
            Mirror.Update(nowS);
            if (_reporter.Update(_responseId, nowS))
            {
                ReplyToSoundS = nowS - _announcedS;
            }
        }

        /// <summary>Sends typed words and asks for the reply.</summary>
        public void Say(string text)
        {
            Interrupt();
            Connection.SendText(ClientEvents.TypedText(text));
            Connection.SendText(ClientEvents.ResponseCreate());
            _isDone = false;
        }

        /// <summary>Ends the user's turn and asks for the reply, where the client ends turns.</summary>
        public void EndTurn()
        {
            Interrupt();
            Connection.SendText(ClientEvents.ResponseCreate());
            _isDone = false;
        }

        /// <summary>Forgets the open turn of the user.</summary>
        public void DropTurn()
        {
            Connection.SendText(ClientEvents.Clear());
        }

        /// <summary>Stops the reply here and on the server, which then remembers only what was heard.</summary>
        public void Interrupt()
        {
            if (Performer.Epoch == 0)
            {
                return;
            }
            double heard = Performer.Interrupt(_nowS);
            string item = "item_r" + _responseEpoch;
            Connection.SendText(ClientEvents.Truncate(item, (long)(1000 * heard / Performer.Audio.RateHz)));
        }

        /// <summary>Tells the server where the user stands.</summary>
        public void Place(PlacementSettings placement)
        {
            _settings.Placement = placement;
            var change = new Newtonsoft.Json.Linq.JObject { { "placement", placement.ToJson() } };
            Connection.SendText(ClientEvents.SessionUpdate(change));
        }

        private void Take(ServerEvent body)
        {
            if (body is ResponseCreated created)
            {
                _isDone = false;
                _responseId = created.ResponseId;
                _responseEpoch = created.Epoch;
                _announcedS = _nowS;
                Performer.Begin(created.Epoch, _nowS);
            }
            else if (body is ResponseDone done)
            {
                _isDone = true;
                FinishReply(done);
            }
            else if (body is SpeechEdge edge && edge.IsStart)
            {
                YieldToUser();
            }
            else if (body is StateChanged changed)
            {
                State = changed.State;
            }
            else if (body is MediaDelta media)
            {
                uint epoch = media.ResponseId == null ? 0 : _responseEpoch;
                var header = new MediaHeader(media.Media, epoch, 0, media.Sample, media.Payload.Length);
                Show(header, media.Payload, 0);
            }
            else if (body is ErrorEvent error)
            {
                _isDone |= error.ClientEventId == null && Performer.Epoch == 0;
            }
            EventArrived?.Invoke(body);
        }

        private void Take(MediaHeader header, byte[] message)
        {
            Performer.Frames.Note(header);
            if (header.Type == MediaType.CharacterMotionCodes)
            {
                CodesArrived?.Invoke(header, message);
                return;
            }
            Show(header, message, MediaHeader.Bytes);
        }

        private void Show(MediaHeader header, byte[] message, int offset)
        {
            if (header.Type == MediaType.UserBody)
            {
                Mirror.Take(header, message, offset, _nowS);
                return;
            }
            Performer.Take(header, message, offset, _nowS);
        }

        private void FinishReply(ResponseDone done)
        {
            if (done.ResponseId != _responseId || Performer.Epoch != _responseEpoch)
            {
                return;
            }
            if (done.Status == "cancelled" || done.Status == "failed")
            {
                Performer.Interrupt(_nowS);
                return;
            }
            Performer.Finish();
        }

        private void YieldToUser()
        {
            if (Performer.Epoch == 0)
            {
                return;
            }
            _reporter.Report(_responseId, Performer.Interrupt(_nowS));
        }

        private void Reset()
        {
            Performer.Reset(_nowS);
            Mirror.Clear();
            User.Reset();
            _isDone = true;
            _responseId = null;
            _responseEpoch = 0;
        }
    }
}
