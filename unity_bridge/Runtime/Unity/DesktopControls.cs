using UnityEngine;

namespace Solami
{
    /// <summary>
    /// A small panel for trying a character: a button to hold while speaking, a line to type, captions and state. It uses
    /// no input package, so that it works with both of Unity's input systems.
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

        /// <summary>The conversation; found on this object or its parents when left empty.</summary>
        public SolamiSession Session
        {
            get { return session; }
            set { session = value; }
        }

        private void OnEnable()
        {
            session = session != null ? session : GetComponentInParent<SolamiSession>();
            _microphone = session.GetComponent<SolamiMicrophone>();
            session.Said.AddListener(OnSaid);
            session.Heard.AddListener(OnHeard);
            session.Failed.AddListener(OnFailed);
        }

        private void OnDisable()
        {
            session.Said.RemoveListener(OnSaid);
            session.Heard.RemoveListener(OnHeard);
            session.Failed.RemoveListener(OnFailed);
        }

        private void OnGUI()
        {
            GUILayout.BeginArea(new Rect(10f, 10f, 420f, 320f));
            GUILayout.Label(session.Client == null ? "not connected"
                : session.Client.Connection.State + ", " + session.Client.State);
            bool isPush = _microphone != null && session.TurnMode == TurnMode.PushToTalk;
            if (isPush)
            {
                bool isHeld = GUILayout.RepeatButton(_microphone.Hold ? "Speak now, let go to send" : "Hold to speak");
                _microphone.Hold = Event.current.type == EventType.Repaint ? isHeld : _microphone.Hold;
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
