using System.Collections.Generic;
using UnityEditor;
using UnityEngine;

namespace Solami.Editor
{
    /// <summary>The wizard: server, persona, avatar, and all components put onto it.</summary>
    public sealed class SetupWindow : EditorWindow
    {
        private readonly ServerCheck _server = new ServerCheck();
        private List<AvatarCheck.Finding> _findings = new List<AvatarCheck.Finding>();
        private string _serverUrl = "ws://127.0.0.1:8800";
        private string _apiKey = string.Empty;
        private int _persona;
        private GameObject _avatar;

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
            bool isReady = _avatar != null && _findings.Count > 0;
            if (isReady && GUILayout.Button("Put the components onto the avatar"))
            {
                string[] names = _server.Personas.ToArray();
                string persona = _persona < names.Length ? names[_persona] : string.Empty;
                Undo.RegisterFullObjectHierarchyUndo(_avatar, "Solami components");
                CharacterBuilder.AddTo(_avatar, _serverUrl, persona).ApiKey = _apiKey;
                EditorUtility.SetDirty(_avatar);
            }
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
                EditorGUILayout.HelpBox("Drag the avatar into the scene first, and choose it there.", MessageType.Warning);
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
