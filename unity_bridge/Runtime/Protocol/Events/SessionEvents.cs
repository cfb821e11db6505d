namespace Solami.Protocol
{
    /// <summary>What the session has agreed on.</summary>
    public sealed class SessionInfo
    {
        /// <summary>The session's name.</summary>
        public string Id { get; internal set; }

        /// <summary>The model that answers.</summary>
        public string Model { get; internal set; }

        /// <summary>Who speaks.</summary>
        public string Persona { get; internal set; }

        /// <summary>Rate of the character's audio, in hertz.</summary>
        public int OutputAudioRateHz { get; internal set; }

        /// <summary>Rate of the user's audio, in hertz; 0 where none is taken.</summary>
        public int InputAudioRateHz { get; internal set; }
    }

    /// <summary>The first message of a session.</summary>
    public sealed class SessionCreated : ServerEvent
    {
        /// <summary>The session's defaults.</summary>
        public SessionInfo Session { get; internal set; }

        /// <summary>For example "1.0".</summary>
        public string ProtocolVersion { get; internal set; }

        /// <summary>Bone names in the order of a pose.</summary>
        public string[] BoneNames { get; internal set; }

        /// <summary>Poses a second.</summary>
        public double MotionFps { get; internal set; }

        /// <summary>Viseme rows a second.</summary>
        public double VisemeFps { get; internal set; }

        /// <summary>How motion codes are laid out; null where the server has none.</summary>
        public MotionCodes MotionCodes { get; internal set; }

        /// <summary>What resumes this session after a cut; null where the server cannot.</summary>
        public string ResumeToken { get; internal set; }

        /// <summary>For how long after a cut the token is good.</summary>
        public double ResumeSeconds { get; internal set; }
    }

    /// <summary>New settings hold from here on.</summary>
    public sealed class SessionUpdated : ServerEvent
    {
        /// <summary>All settings.</summary>
        public SessionInfo Session { get; internal set; }
    }

    /// <summary>The session goes on after a cut. This message is not counted.</summary>
    public sealed class SessionResumed : ServerEvent
    {
        /// <summary>The session's name.</summary>
        public string SessionId { get; internal set; }

        /// <summary>How many messages of this client the server has taken in this session.</summary>
        public long Received { get; internal set; }

        /// <summary>How many missed messages follow.</summary>
        public long Replayed { get; internal set; }
    }
}
