using System;
using Solami.Protocol;
using UnityEngine.Events;

namespace Solami
{
    /// <summary>Words, or a sentence about an error.</summary>
    [Serializable]
    public sealed class TextEvent : UnityEvent<string>
    {
    }

    /// <summary>The connection's state.</summary>
    [Serializable]
    public sealed class ConnectionEvent : UnityEvent<ConnectionState>
    {
    }

    /// <summary>What the character is doing.</summary>
    [Serializable]
    public sealed class CharacterEvent : UnityEvent<AvatarState>
    {
    }

    /// <summary>Who finds the end of the user's turn.</summary>
    public enum TurnMode
    {
        /// <summary>The server listens for it; the user may speak over the character.</summary>
        Open,

        /// <summary>The user holds a button while speaking.</summary>
        PushToTalk,
    }
}
