using Solami;
using Solami.Protocol;
using UnityEngine;

/// <summary>
/// The least code for a character: drop it on an avatar (Humanoid, or with VRM's bone names) and press play. Copy it
/// and make it yours.
/// </summary>
public sealed class TalkingCharacter : MonoBehaviour
{
    [SerializeField] private string serverUrl = "ws://127.0.0.1:8800";
    [SerializeField] private string persona = "ada";
    [SerializeField] private string firstWords = "Hello!";

    private SolamiSession _session;

    private void Start()
    {
        _session = CharacterBuilder.AddTo(gameObject, serverUrl, persona);
        _session.ConnectionChanged.AddListener(Greet);
        _session.Said.AddListener(words => Debug.Log(words));
        _session.Connect();
    }

    private void Greet(ConnectionState state)
    {
        if (state == ConnectionState.Ready)
        {
            _session.ConnectionChanged.RemoveListener(Greet);
            _session.Say(firstWords);
        }
    }
}
