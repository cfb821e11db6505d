namespace Solami.Protocol
{
    /// <summary>A JSON message from the server.</summary>
    public abstract class ServerEvent
    {
        /// <summary>The event's type as sent.</summary>
        public string Type { get; internal set; }

        /// <summary>The server's number of the event.</summary>
        public string EventId { get; internal set; }
    }

    /// <summary>A type that this version does not know; it is skipped.</summary>
    public sealed class UnknownEvent : ServerEvent
    {
    }

    /// <summary>
    /// OpenAI's bookkeeping about items and parts, which stock clients want and this one has no use for.
    /// </summary>
    public sealed class BookkeepingEvent : ServerEvent
    {
    }

    /// <summary>The user's voice began or ended, on the clock of the user's audio.</summary>
    public sealed class SpeechEdge : ServerEvent
    {
        /// <summary>True when the voice began.</summary>
        public bool IsStart { get; internal set; }

        /// <summary>When, in milliseconds of user audio.</summary>
        public double AudioMs { get; internal set; }
    }

    /// <summary>The user's turn ended (committed) or was dropped (cleared).</summary>
    public sealed class TurnClosed : ServerEvent
    {
        /// <summary>True when the turn was committed.</summary>
        public bool IsCommitted { get; internal set; }

        /// <summary>The turn's item, where committed.</summary>
        public string ItemId { get; internal set; }
    }

    /// <summary>Typed words were taken.</summary>
    public sealed class ItemAdded : ServerEvent
    {
        /// <summary>The item.</summary>
        public string ItemId { get; internal set; }
    }

    /// <summary>The server cut its memory of a reply to what was heard.</summary>
    public sealed class ItemTruncated : ServerEvent
    {
        /// <summary>The item.</summary>
        public string ItemId { get; internal set; }

        /// <summary>How much of it was heard, in milliseconds.</summary>
        public double AudioEndMs { get; internal set; }
    }

    /// <summary>Something was wrong; docs/protocol.md lists the codes and what becomes of the session.</summary>
    public sealed class ErrorEvent : ServerEvent
    {
        /// <summary>For example "invalid_audio".</summary>
        public string Code { get; internal set; }

        /// <summary>One sentence.</summary>
        public string Message { get; internal set; }

        /// <summary>The client's event that it answers, or null.</summary>
        public string ClientEventId { get; internal set; }

        /// <summary>When to try again, with session_limit_reached; else 0.</summary>
        public double RetryAfterS { get; internal set; }
    }
}
