using System.Collections.Generic;
using UnityEditor;
using UnityEngine;

namespace Solami.Editor
{
    /// <summary>The wizard: server, persona, avatar, microphone, and all components put onto the avatar.</summary>
    public sealed class SetupWindow : EditorWindow
    {
        private readonly ServerCheck _server = new ServerCheck();
        private List<AvatarCheck.Finding> _findings = new List<AvatarCheck.Finding>();
        private string _serverUrl = "ws://127.0.0.1:8800";
        private string _apiKey = string.Empty;
        private int _persona;
        private GameObject _avatar;
        private int _microphone;
        private bool _isOpen;

        [MenuItem("Solami/Set up a character")]
        private static void Open()
        {
            GetWindow<SetupWindow>("Solami setup");
        }

        private void OnDisable()
        {
            _server.End();
        }

        private void OnGUI()
        {
            ShowServer();
            EditorGUILayout.Space();
            ShowAvatar();
            EditorGUILayout.Space();
            ShowUser();
            EditorGUILayout.Space();
            bool isReady = _avatar != null && _findings.Count > 0;
            if (isReady && GUILayout.Button("Put the components onto the avatar"))
            {
                Apply();
            }
        }

        private void Apply()
        {
            string[] names = _server.Personas.ToArray();
            string persona = _persona < names.Length ? names[_persona] : string.Empty;
            Undo.RegisterFullObjectHierarchyUndo(_avatar, "Solami components");
            SolamiSession session = CharacterBuilder.AddTo(_avatar, _serverUrl, persona);
            session.ApiKey = _apiKey;
            session.TurnMode = _isOpen ? TurnMode.Open : TurnMode.PushToTalk;
            string device = _microphone == 0 ? string.Empty : Microphones()[_microphone];
            session.GetComponent<SolamiMicrophone>().Device = device;
            EditorUtility.SetDirty(_avatar);
        }

        private void ShowUser()
        {
            EditorGUILayout.LabelField("3. User", EditorStyles.boldLabel);
            string[] microphones = Microphones();
            _microphone = Mathf.Clamp(_microphone, 0, microphones.Length - 1);
            _microphone = EditorGUILayout.Popup("Microphone", _microphone, microphones);
            _isOpen = EditorGUILayout.Toggle("Open microphone", _isOpen);
            EditorGUILayout.HelpBox(_isOpen
                ? "The user may speak over the character. Use headphones, or it hears itself."
                : "Push to talk: safe with loudspeakers.", MessageType.Info);
        }

        private static string[] Microphones()
        {
            var names = new List<string> { "The system's own" };
            names.AddRange(SolamiMicrophone.Devices);
            return names.ToArray();
        }

        private void ShowServer()
        {
            EditorGUILayout.LabelField("1. Server", EditorStyles.boldLabel);
            _serverUrl = EditorGUILayout.TextField("Address", _serverUrl);
            _apiKey = EditorGUILayout.PasswordField("Key", _apiKey);
            if (!_server.IsRunning && GUILayout.Button("Test"))
            {
                _server.Begin(_serverUrl, _apiKey);
            }
            foreach (string line in _server.Lines)
            {
                EditorGUILayout.HelpBox(line, _server.HasPassed ? MessageType.Info : MessageType.Warning);
            }
            if (_server.Personas.Count > 0)
            {
                _persona = EditorGUILayout.Popup("Persona", _persona, _server.Personas.ToArray());
            }
            if (_server.IsRunning)
            {
                Repaint();
            }
        }

        private void ShowAvatar()
        {
            EditorGUILayout.LabelField("2. Avatar", EditorStyles.boldLabel);
            var chosen = (GameObject)EditorGUILayout.ObjectField("In the scene", _avatar, typeof(GameObject), true);
            bool isNew = chosen != _avatar;
            _avatar = chosen;
            if (_avatar == null)
            {
                _findings.Clear();
                return;
            }
            if (EditorUtility.IsPersistent(_avatar))
            {
                EditorGUILayout.HelpBox("Drag the avatar into the scene, and choose it there.", MessageType.Warning);
                _findings.Clear();
                return;
            }
            if (isNew || GUILayout.Button("Check again"))
            {
                _findings = AvatarCheck.Run(_avatar);
            }
            foreach (AvatarCheck.Finding finding in _findings)
            {
                EditorGUILayout.HelpBox(finding.Text, finding.IsFine ? MessageType.Info : MessageType.Warning);
            }
        }
    }
}
