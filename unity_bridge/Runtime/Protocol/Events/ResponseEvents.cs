namespace Solami.Protocol
{
    /// <summary>What the character is doing.</summary>
    public enum AvatarState
    {
        /// <summary>Nothing is said.</summary>
        Idle,

        /// <summary>The user speaks.</summary>
        Listening,

        /// <summary>The reply is being made.</summary>
        Thinking,

        /// <summary>The reply is being sent.</summary>
        Speaking,

        /// <summary>The reply was cut short.</summary>
        Interrupted,
    }

    /// <summary>The character's state changed.</summary>
    public sealed class StateChanged : ServerEvent
    {
        /// <summary>The new state.</summary>
        public AvatarState State { get; internal set; }
    }

    /// <summary>A reply begins; its binary frames carry its epoch.</summary>
    public sealed class ResponseCreated : ServerEvent
    {
        /// <summary>The reply's name.</summary>
        public string ResponseId { get; internal set; }

        /// <summary>The number in its frames' headers.</summary>
        public uint Epoch { get; internal set; }
    }

    /// <summary>Whose words a caption holds.</summary>
    public enum CaptionKind
    {
        /// <summary>What the character says; it comes before its sound.</summary>
        Said,

        /// <summary>What the character understood of the user's words.</summary>
        Heard,

        /// <summary>What the character understood of the user's body.</summary>
        Saw,

        /// <summary>What the character's body is about to do; it comes before its motion.</summary>
        Does,
    }

    /// <summary>Words to add to a caption.</summary>
    public sealed class CaptionDelta : ServerEvent
    {
        /// <summary>Whose words.</summary>
        public CaptionKind Kind { get; internal set; }

        /// <summary>The reply.</summary>
        public string ResponseId { get; internal set; }

        /// <summary>The words.</summary>
        public string Delta { get; internal set; }
    }

    /// <summary>Media as base64 in JSON, where binary frames were not asked for.</summary>
    public sealed class MediaDelta : ServerEvent
    {
        /// <summary>What the payload holds.</summary>
        public MediaType Media { get; internal set; }

        /// <summary>The reply; null between replies.</summary>
        public string ResponseId { get; internal set; }

        /// <summary>The payload, as after a binary header.</summary>
        public byte[] Payload { get; internal set; }

        /// <summary>Where it starts, as in a binary header.</summary>
        public ulong Sample { get; internal set; }
    }

    /// <summary>One stage of the latency budget.</summary>
    public struct BudgetStage
    {
        /// <summary>Name of the stage.</summary>
        public string Stage;

        /// <summary>Planned milliseconds.</summary>
        public double PlannedMs;

        /// <summary>Spent milliseconds.</summary>
        public double SpentMs;
    }

    /// <summary>All of a reply has been sent. Times that the server does not know are NaN.</summary>
    public sealed class ResponseDone : ServerEvent
    {
        /// <summary>The reply.</summary>
        public string ResponseId { get; internal set; }

        /// <summary>completed, incomplete, cancelled or failed.</summary>
        public string Status { get; internal set; }

        /// <summary>End of the user's turn to the first audible sample, at the server.</summary>
        public double ResponseLatencyMs { get; internal set; }

        /// <summary>To the first audio.</summary>
        public double FirstAudioMs { get; internal set; }

        /// <summary>To the first pose.</summary>
        public double FirstMotionMs { get; internal set; }

        /// <summary>Seconds of compute for a second of reply.</summary>
        public double RealTimeFactor { get; internal set; }

        /// <summary>Samples sent.</summary>
        public long AudioSamples { get; internal set; }

        /// <summary>Poses sent.</summary>
        public long MotionFrames { get; internal set; }

        /// <summary>Where the time went.</summary>
        public BudgetStage[] Budget { get; internal set; }
    }
}
