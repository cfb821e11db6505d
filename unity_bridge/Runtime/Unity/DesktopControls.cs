using UnityEngine;

namespace Solami
{
    /// <summary>
    /// A small panel for trying a character: a button to hold while speaking, a line to type, captions and state. It
    /// takes input where Active Input Handling is the old one or Both; the window Solami > Monitor does so always.
    /// </summary>
    [AddComponentMenu("Solami/Solami Desktop Controls")]
    public sealed class DesktopControls : MonoBehaviour
    {
        private const int MostCaption = 400;

        [SerializeField] private SolamiSession session;

        private SolamiMicrophone _microphone;
        private string _typed = string.Empty;
        private string _said = string.Empty;
        private string _heard = string.Empty;
        private string _failed = string.Empty;
        private bool _isHeld;

        /// <summary>The conversation; found on this object or its parents when left empty.</summary>
        public SolamiSession Session
        {
            get { return session; }
            set { session = value; }
        }

        private void OnEnable()
        {
            session = session != null ? session : GetComponentInParent<SolamiSession>();
            if (session == null)
            {
                Debug.LogWarning("Solami Desktop Controls: there is no Solami Session here.");
                enabled = false;
                return;
            }
            _microphone = session.GetComponent<SolamiMicrophone>();
            session.Said.AddListener(OnSaid);
            session.Heard.AddListener(OnHeard);
            session.Failed.AddListener(OnFailed);
        }

        private void OnDisable()
        {
            if (session == null)
            {
                return;
            }
            session.Said.RemoveListener(OnSaid);
            session.Heard.RemoveListener(OnHeard);
            session.Failed.RemoveListener(OnFailed);
        }

        private void OnGUI()
        {
            GUILayout.BeginArea(new Rect(10f, 10f, 420f, 320f));
            GUILayout.Label(session.Client == null ? "not connected"
                : session.Client.Connection.State + ", " + session.Client.State);
#if !ENABLE_LEGACY_INPUT_MANAGER
            GUILayout.Label("No input here: use Solami > Monitor, or set Active Input Handling to Both.");
#endif
            if (_microphone != null && session.TurnMode == TurnMode.PushToTalk)
            {
                ShowHold();
            }
            _typed = GUILayout.TextField(_typed);
            if (GUILayout.Button("Say it"))
            {
                _said = _heard = string.Empty;
                session.Say(_typed);
                _typed = string.Empty;
            }
            if (GUILayout.Button("Interrupt"))
            {
                session.Interrupt();
            }
            GUILayout.Label("It heard: " + _heard);
            GUILayout.Label("It says: " + _said);
            GUILayout.Label(_failed);
            GUILayout.EndArea();
        }

        /// <summary>Changes the microphone only when the button changes: others may hold it too.</summary>
        private void ShowHold()
        {
            bool isHeld = GUILayout.RepeatButton(_microphone.Hold ? "Speak now, let go to send" : "Hold to speak");
            if (Event.current.type == EventType.Repaint && isHeld != _isHeld)
            {
                _microphone.Hold = _isHeld = isHeld;
            }
        }

        private void OnSaid(string words)
        {
            _said = Tail(_said + words);
        }

        private void OnHeard(string words)
        {
            _heard = Tail(_heard + words);
        }

        private void OnFailed(string sentence)
        {
            _failed = sentence;
        }

        private static string Tail(string text)
        {
            return text.Length <= MostCaption ? text : text.Substring(text.Length - MostCaption);
        }
    }
}
