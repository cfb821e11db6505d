using System;
using Solami.Protocol;
using Unity.Profiling;
using UnityEngine;

namespace Solami
{
    /// <summary>
    /// One conversation with a character on a solami server. Drop it on the character; the other Solami components
    /// find it there. Everything it raises comes on the main thread.
    /// </summary>
    [AddComponentMenu("Solami/Solami Session")]
    [DisallowMultipleComponent]
    [DefaultExecutionOrder(-50)]
    public sealed class SolamiSession : MonoBehaviour
    {
        private static readonly ProfilerMarker UpdateMarker = new ProfilerMarker("Solami.Session.Update");

        [Header("Server")]
        [Tooltip("For example ws://192.168.1.20:8800")]
        [SerializeField] private string serverUrl = "ws://127.0.0.1:8800";
        [Tooltip("The server's key; empty where none is set. Do not ship it in a build that others can open.")]
        [SerializeField] private string apiKey = string.Empty;
        [SerializeField] private bool connectOnEnable = true;

        [Header("Character")]
        [Tooltip("A persona of the server; empty keeps the server's own.")]
        [SerializeField] private string persona = string.Empty;
        [Tooltip("The same seed and input give the same reply.")]
        [Min(0)]
        [SerializeField] private int seed;
        [Tooltip("The server moves the character between replies too.")]
        [SerializeField] private bool idleMotion = true;

        [Header("User")]
        [SerializeField] private TurnMode turnMode = TurnMode.PushToTalk;
        [Tooltip("Open turns: the server weighs what was said before it answers, not silence alone.")]
        [SerializeField] private bool semanticTurns;
        [SerializeField] private UserMotionSource userMotion = UserMotionSource.None;
        [Range(30, 90)]
        [SerializeField] private int userMotionFps = 30;

        [Tooltip("With three points: the whole body that the server makes of them comes back, for a Solami Avatar that shows the user.")]
        [SerializeField] private bool mirror;

        [Header("Events")]
        [SerializeField] private ConnectionEvent connectionChanged = new ConnectionEvent();
        [SerializeField] private CharacterEvent characterChanged = new CharacterEvent();
        [SerializeField] private TextEvent said = new TextEvent();
        [SerializeField] private TextEvent heard = new TextEvent();
        [SerializeField] private TextEvent saw = new TextEvent();
        [SerializeField] private TextEvent failed = new TextEvent();

        private const double WakingS = 10;
        private bool _hasStarted;
        private bool _isPaused;
        private double _awakeS = double.NegativeInfinity;

        /// <summary>Where the server is. Takes effect when connecting.</summary>
        public string ServerUrl
        {
            get { return serverUrl; }
            set { serverUrl = value; }
        }

        /// <summary>The server's key. Takes effect when connecting.</summary>
        public string ApiKey
        {
            set { apiKey = value; }
        }

        /// <summary>Who speaks. Takes effect when connecting.</summary>
        public string Persona
        {
            get { return persona; }
            set { persona = value; }
        }

        /// <summary>The same seed and input give the same reply. Takes effect when connecting.</summary>
        public int Seed
        {
            get { return seed; }
            set { seed = Math.Max(0, value); }
        }

        /// <summary>Whether the server moves the character between replies too. Takes effect when connecting.</summary>
        public bool IdleMotion
        {
            get { return idleMotion; }
            set { idleMotion = value; }
        }

        /// <summary>Whether to connect as soon as the component is enabled.</summary>
        public bool ConnectOnEnable
        {
            get { return connectOnEnable; }
            set { connectOnEnable = value; }
        }

        /// <summary>Who ends the user's turn. Takes effect when connecting.</summary>
        public TurnMode TurnMode
        {
            get { return turnMode; }
            set { turnMode = value; }
        }

        /// <summary>
        /// With open turns, whether the server weighs what was said before it answers, not silence alone. Takes effect
        /// when connecting.
        /// </summary>
        public bool SemanticTurns
        {
            get { return semanticTurns; }
            set { semanticTurns = value; }
        }

        /// <summary>What motion of the user is sent. Takes effect when connecting.</summary>
        public UserMotionSource UserMotion
        {
            get { return userMotion; }
            set { userMotion = value; }
        }

        /// <summary>Samples of user motion a second: 30 for a full body, 30 to 90 for three points.</summary>
        public int UserMotionFps
        {
            get { return userMotionFps; }
            set { userMotionFps = value; }
        }

        /// <summary>With three points, whether the user's whole body comes back. Takes effect when connecting.</summary>
        public bool Mirror
        {
            get { return mirror; }
            set { mirror = value; }
        }

        /// <summary>The client; null while not connected.</summary>
        public SolamiClient Client { get; private set; }

        /// <summary>Whether media may be sent.</summary>
        public bool IsReady => Client != null && Client.Connection.State == ConnectionState.Ready;

        /// <summary>The last finished reply's figures; null before the first.</summary>
        public ResponseDone LastReply { get; private set; }

        /// <summary>The connection's state changed.</summary>
        public ConnectionEvent ConnectionChanged => connectionChanged;

        /// <summary>What the character does changed.</summary>
        public CharacterEvent CharacterChanged => characterChanged;

        /// <summary>The character's next words; they come before their sound.</summary>
        public TextEvent Said => said;

        /// <summary>What the character understood of the user's words.</summary>
        public TextEvent Heard => heard;

        /// <summary>What the character understood of the user's body.</summary>
        public TextEvent Saw => saw;

        /// <summary>Something went wrong, in one sentence.</summary>
        public TextEvent Failed => failed;

        /// <summary>Opens sockets; set before connecting, null for this platform's own.</summary>
        public IWebSocketFactory Sockets { get; set; }

        /// <summary>Starts a new session.</summary>
        public void Connect()
        {
            Disconnect();
            var options = new ConnectionOptions { ServerUrl = serverUrl, ApiKey = apiKey };
            Client = new SolamiClient(options, Settings(), Sockets ?? PlatformSockets.Make());
            Client.EventArrived += Raise;
            Client.Connection.StateChanged += connectionChanged.Invoke;
            Client.Connection.Problem += failed.Invoke;
            Client.Open(SolamiClock.NowS);
        }

        /// <summary>Leaves the session.</summary>
        public void Disconnect()
        {
            if (Client != null)
            {
                Client.Close();
                Client = null;
            }
        }

        /// <summary>Sends typed words; a reply follows.</summary>
        public void Say(string text)
        {
            if (IsReady && !string.IsNullOrEmpty(text))
            {
                Client.Say(text);
            }
        }

        /// <summary>Stops the character.</summary>
        public void Interrupt()
        {
            if (IsReady)
            {
                Client.Interrupt();
            }
        }

        /// <summary>Not in OnEnable, which runs inside AddComponent, before a script can set the address.</summary>
        private void Start()
        {
            _hasStarted = true;
            OnEnable();
        }

        private void OnEnable()
        {
            if (_hasStarted && connectOnEnable && Client == null)
            {
                Connect();
            }
        }

        private void OnDisable()
        {
            Disconnect();
        }

        /// <summary>
        /// The headset was taken off, or the app is no longer in front: nobody would hear the rest of the reply. Unity
        /// calls this with false once at the start, too.
        /// </summary>
        private void OnApplicationPause(bool isPaused)
        {
            if (isPaused)
            {
                Interrupt();
            }
            else if (_isPaused)
            {
                _awakeS = SolamiClock.NowS;
            }
            _isPaused = isPaused;
        }

        private void Update()
        {
            if (Client == null)
            {
                return;
            }
            using (UpdateMarker.Auto())
            {
                Client.Update(SolamiClock.NowS);
            }
            bool hasSleptTooLong = Client != null && Client.Connection.State == ConnectionState.Closed
                && SolamiClock.NowS - _awakeS < WakingS;
            if (hasSleptTooLong)
            {
                Connect();
            }
        }

        private SessionSettings Settings()
        {
            return new SessionSettings
            {
                Persona = persona,
                Seed = Math.Max(0, seed),
                ServerFindsTurns = turnMode == TurnMode.Open,
                SemanticTurns = semanticTurns,
                UserMotion = userMotion,
                UserMotionFps = userMotion == UserMotionSource.FullBody ? 30 : userMotionFps,
                IdleMotion = idleMotion,
                Mirror = mirror,
            };
        }

        private void Raise(ServerEvent body)
        {
            if (body is CaptionDelta caption)
            {
                TextEvent target = caption.Kind == CaptionKind.Said ? said
                    : caption.Kind == CaptionKind.Heard ? heard : saw;
                target.Invoke(caption.Delta);
            }
            else if (body is StateChanged changed)
            {
                characterChanged.Invoke(changed.State);
            }
            else if (body is ResponseDone done)
            {
                LastReply = done;
            }
            else if (body is ErrorEvent error)
            {
                failed.Invoke(error.Code + ": " + error.Message);
            }
        }
    }
}
