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
    public sealed partial class SolamiSession : MonoBehaviour
    {
        private const double WakingS = 10;
        private static readonly ProfilerMarker UpdateMarker = new ProfilerMarker("Solami.Session.Update");

        private bool _hasStarted;
        private bool _isPaused;
        private double _awakeS = double.NegativeInfinity;

        /// <summary>The client; null while not connected.</summary>
        public SolamiClient Client { get; private set; }

        /// <summary>Whether media may be sent.</summary>
        public bool IsReady => Client != null && Client.Connection.State == ConnectionState.Ready;

        /// <summary>The last finished reply's figures; null before the first.</summary>
        public ResponseDone LastReply { get; private set; }

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

        private TextEvent EventOf(CaptionKind kind)
        {
            switch (kind)
            {
                case CaptionKind.Said: return said;
                case CaptionKind.Heard: return heard;
                case CaptionKind.Saw: return saw;
                default: return does;
            }
        }

        private void Raise(ServerEvent body)
        {
            if (body is CaptionDelta caption)
            {
                EventOf(caption.Kind).Invoke(caption.Delta);
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
