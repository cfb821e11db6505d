using UnityEngine;

namespace Solami
{
    /// <summary>What keeps the character from hearing itself.</summary>
    public enum EchoGuard
    {
        /// <summary>Nothing: headphones, or a headset that cancels echo.</summary>
        None,

        /// <summary>
        /// The microphone is silent while the character speaks: safe with loudspeakers, but no interrupting.
        /// </summary>
        MuteWhileSpeaking,
    }

    /// <summary>
    /// Streams the microphone. Open: all the time, the server finds the turns. Push to talk: while <see cref="Hold"/>
    /// holds, which also stops the character; letting go asks for the reply.
    /// </summary>
    [AddComponentMenu("Solami/Solami Microphone")]
    [DisallowMultipleComponent]
    public sealed class SolamiMicrophone : MonoBehaviour
    {
        private const int RateHz = 24000;
        private const int PieceSamples = RateHz / 50;
        private const int ClipS = 2;
        private const int MostPieces = 25;

        [SerializeField] private SolamiSession session;
        [Tooltip("Empty: the system's own choice. Names are in SolamiMicrophone.Devices.")]
        [SerializeField] private string device = string.Empty;
        [SerializeField] private EchoGuard echoGuard = EchoGuard.None;

        private readonly float[] _piece = new float[PieceSamples];
        private readonly float[] _silence = new float[PieceSamples];
        private IMicrophoneInput _input;
        private bool _wasHeld;
        private bool _hasSent;
        private bool _isPaused;

        /// <summary>The names of the microphones.</summary>
        public static string[] Devices => PlatformMicrophone.Devices;

        /// <summary>The conversation; found on this object or its parents when left empty.</summary>
        public SolamiSession Session
        {
            get { return session; }
            set { session = value; }
        }

        /// <summary>The microphone to use; takes effect when the component is enabled.</summary>
        public string Device
        {
            get { return device; }
            set { device = value; }
        }

        /// <summary>What keeps the character from hearing itself.</summary>
        public EchoGuard EchoGuard
        {
            get { return echoGuard; }
            set { echoGuard = value; }
        }

        /// <summary>Push to talk: set while the user's button is down.</summary>
        public bool Hold { get; set; }

        /// <summary>Loudness of the last piece, 0 to 1.</summary>
        public float Level { get; private set; }

        /// <summary>Whether samples are coming.</summary>
        public bool IsCapturing => _input != null && _input.IsRunning;

        /// <summary>
        /// Another source of samples, for tests and for microphones of other SDKs; set before enabling.
        /// </summary>
        public IMicrophoneInput Input
        {
            set { _input = value; }
        }

        private void OnEnable()
        {
            session = session != null ? session : GetComponentInParent<SolamiSession>();
            _input = _input ?? PlatformMicrophone.Make();
            _input.Start(device, RateHz, ClipS);
        }

        private void OnDisable()
        {
            _input.Stop();
            _wasHeld = Hold = false;
        }

        /// <summary>Headsets and phones take the microphone away from an app that is not in front.</summary>
        private void OnApplicationPause(bool isPaused)
        {
            if (_input == null || isPaused == _isPaused)
            {
                return;
            }
            _isPaused = isPaused;
            if (isPaused)
            {
                OnDisable();
            }
            else if (isActiveAndEnabled)
            {
                _input.Start(device, RateHz, ClipS);
            }
        }

        private void Update()
        {
            if (session == null || !session.IsReady)
            {
                _input.Skip();
                return;
            }
            bool isOpen = session.TurnMode == TurnMode.Open;
            if (!isOpen && Hold != _wasHeld)
            {
                ChangeHold();
            }
            if (!isOpen && !Hold)
            {
                _input.Skip();
                return;
            }
            for (int i = 0; i < MostPieces && _input.TryRead(_piece); i++)
            {
                Send();
            }
        }

        private void ChangeHold()
        {
            _wasHeld = Hold;
            if (Hold)
            {
                session.Interrupt();
                _input.Skip();
                _hasSent = false;
            }
            else if (_hasSent)
            {
                session.Client.EndTurn();
            }
        }

        private void Send()
        {
            float sum = 0f;
            for (int i = 0; i < PieceSamples; i++)
            {
                sum += _piece[i] * _piece[i];
            }
            Level = Mathf.Sqrt(sum / PieceSamples);
            bool isMuted = echoGuard == EchoGuard.MuteWhileSpeaking && session.Client.Performer.Epoch != 0;
            session.Client.User.SendAudio(isMuted ? _silence : _piece, 0, PieceSamples);
            _hasSent = true;
        }
    }
}
