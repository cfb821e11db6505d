using System;
using Solami.Protocol;
using UnityEngine;

namespace Solami
{
    /// <content>What is set in the Inspector, and the events.</content>
    public sealed partial class SolamiSession
    {
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
        [Tooltip("With three points: the user's whole body comes back, for a Solami Avatar that shows the user.")]
        [SerializeField] private bool mirror;

        [Header("Events")]
        [SerializeField] private ConnectionEvent connectionChanged = new ConnectionEvent();
        [SerializeField] private CharacterEvent characterChanged = new CharacterEvent();
        [SerializeField] private TextEvent said = new TextEvent();
        [SerializeField] private TextEvent heard = new TextEvent();
        [SerializeField] private TextEvent saw = new TextEvent();
        [SerializeField] private TextEvent does = new TextEvent();
        [SerializeField] private TextEvent failed = new TextEvent();

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

        /// <summary>
        /// With three points, whether the user's whole body comes back. Takes effect when connecting.
        /// </summary>
        public bool Mirror
        {
            get { return mirror; }
            set { mirror = value; }
        }

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

        /// <summary>What the character's body is about to do; it comes before its motion.</summary>
        public TextEvent Does => does;

        /// <summary>Something went wrong, in one sentence.</summary>
        public TextEvent Failed => failed;

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
    }
}
