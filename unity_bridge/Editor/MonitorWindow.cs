using Solami.Protocol;
using UnityEditor;
using UnityEngine;

namespace Solami.Editor
{
    /// <summary>
    /// What a running session does: connection, latency budget of the last reply, buffers; and words to say to it.
    /// </summary>
    public sealed class MonitorWindow : EditorWindow
    {
        private SolamiSession _session;
        private string _words = "Hello!";

        [MenuItem("Solami/Monitor")]
        private static void Open()
        {
            GetWindow<MonitorWindow>("Solami monitor");
        }

        private void OnInspectorUpdate()
        {
            Repaint();
        }

        private void OnGUI()
        {
            _session = (SolamiSession)EditorGUILayout.ObjectField("Session", _session, typeof(SolamiSession), true);
            if (_session == null)
            {
                _session = FindAnyObjectByType<SolamiSession>();
            }
            if (_session == null || _session.Client == null)
            {
                EditorGUILayout.HelpBox("No session is running. Enter play mode.", MessageType.Info);
                return;
            }
            ShowControls();
            ShowConnection(_session.Client);
            ShowBuffers(_session.Client.Performer);
            ShowReply(_session.LastReply, _session.Client);
        }

        private void ShowControls()
        {
            EditorGUILayout.LabelField("Try it", EditorStyles.boldLabel);
            _words = EditorGUILayout.TextField("Words", _words);
            if (GUILayout.Button("Say it"))
            {
                _session.Say(_words);
            }
            var microphone = _session.GetComponent<SolamiMicrophone>();
            if (microphone != null && _session.TurnMode == TurnMode.PushToTalk)
            {
                microphone.Hold = EditorGUILayout.Toggle("I am speaking", microphone.Hold);
            }
            if (GUILayout.Button("Interrupt"))
            {
                _session.Interrupt();
            }
        }

        private static void ShowConnection(SolamiClient client)
        {
            EditorGUILayout.LabelField("Connection", EditorStyles.boldLabel);
            Line("State", client.Connection.State + ", character " + client.State);
            Line("Messages received / sent", client.Connection.Ledger.Received + " / " + client.Connection.Ledger.Sent);
            Line("Sessions resumed", client.Connection.Resumes.ToString());
        }

        private static void ShowBuffers(Performer performer)
        {
            EditorGUILayout.LabelField("Buffers", EditorStyles.boldLabel);
            Line("Lead of the next reply", (1000 * performer.LeadS).ToString("F0") + " ms");
            Line("Sound waiting", (1000 * performer.Audio.BufferedS).ToString("F0") + " ms");
            Line("Underruns of this reply", performer.Audio.Underruns.ToString());
            Line("Frames received / lost", performer.Frames.Taken + " / " + performer.Frames.Lost);
            Line("Late samples / poses", performer.Audio.LateSamples + " / " + performer.PosesLate);
        }

        private static void ShowReply(ResponseDone reply, SolamiClient client)
        {
            EditorGUILayout.LabelField("Last reply", EditorStyles.boldLabel);
            if (reply == null)
            {
                Line("None yet", string.Empty);
                return;
            }
            Line("Response latency at the server", reply.ResponseLatencyMs.ToString("F0") + " ms");
            Line("Announced to heard here", (1000 * client.ReplyToSoundS).ToString("F0") + " ms");
            Line("Real-time factor", reply.RealTimeFactor.ToString("F2"));
            foreach (BudgetStage stage in reply.Budget)
            {
                string spent = stage.SpentMs.ToString("F0");
                Line("  " + stage.Stage, spent + " of " + stage.PlannedMs.ToString("F0") + " ms");
            }
        }

        private static void Line(string name, string value)
        {
            EditorGUILayout.LabelField(name, value);
        }
    }
}
