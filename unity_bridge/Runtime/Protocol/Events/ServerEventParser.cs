using System;
using System.Collections.Generic;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using static Solami.Protocol.JsonAccess;

namespace Solami.Protocol
{
    /// <summary>Reads JSON messages of the server. Types, keys and states it does not know are skipped.</summary>
    public static class ServerEventParser
    {
        /// <summary>Known event types without use for this client.</summary>
        public static readonly string[] Bookkeeping =
        {
            "input_audio_buffer.timeout_triggered", "conversation.item.done", "conversation.item.retrieved",
            "conversation.items.dropped", "conversation.item.input_audio_transcription.delta",
            "conversation.item.input_audio_transcription.completed", "response.output_item.added",
            "response.output_item.done", "response.content_part.added", "response.content_part.done",
            "response.output_audio.done", "response.output_audio_transcript.done", "server.draining",
        };

        private static readonly Dictionary<string, Func<JObject, ServerEvent>> Readers =
            new Dictionary<string, Func<JObject, ServerEvent>>
            {
                { "session.created", SessionReader.Created },
                { "session.updated", SessionReader.Updated },
                { "session.resumed", SessionReader.Resumed },
                { "input_audio_buffer.speech_started", e => Edge(e, true, "audio_start_ms") },
                { "input_audio_buffer.speech_stopped", e => Edge(e, false, "audio_end_ms") },
                { "input_audio_buffer.committed", e => Closed(e, true) },
                { "input_audio_buffer.cleared", e => Closed(e, false) },
                { "conversation.item.added", e => new ItemAdded { ItemId = TextAt(ObjectAt(e, "item"), "id") } },
                { "conversation.item.truncated", Truncated },
                { "response.created", ResponseReader.Created },
                { "response.output_audio_transcript.delta", e => ResponseReader.Caption(e, CaptionKind.Said) },
                { "response.heard", e => ResponseReader.Caption(e, CaptionKind.Heard) },
                { "response.saw", e => ResponseReader.Caption(e, CaptionKind.Saw) },
                { "response.does", e => ResponseReader.Caption(e, CaptionKind.Does) },
                { "response.output_audio.delta", e => ResponseReader.Media(e, MediaType.Audio) },
                { "response.motion.delta", e => ResponseReader.Media(e, MediaType.CharacterMotion) },
                { "avatar.motion.delta", e => ResponseReader.Media(e, MediaType.CharacterMotion) },
                {
                    "response.motion_codes.delta", e => ResponseReader.Media(e, MediaType.CharacterMotionCodes)
                },
                {
                    "avatar.motion_codes.delta", e => ResponseReader.Media(e, MediaType.CharacterMotionCodes)
                },
                { "user.motion.delta", e => ResponseReader.Media(e, MediaType.UserBody) },
                { "response.viseme.delta", e => ResponseReader.Media(e, MediaType.Visemes) },
                { "avatar.state", State },
                { "response.done", ResponseReader.Done },
                { "error", Error },
            };

        /// <summary>The event types that are read.</summary>
        public static ICollection<string> KnownTypes => Readers.Keys;

        /// <summary>Reads one message.</summary>
        /// <exception cref="ProtocolException">invalid_json, invalid_event.</exception>
        public static ServerEvent Parse(string json)
        {
            JObject body = ReadObject(json);
            string type = TextAt(body, "type");
            Func<JObject, ServerEvent> reader;
            ServerEvent result = Readers.TryGetValue(type, out reader) ? reader(body) : Skipped(type);
            result.Type = type;
            result.EventId = TextOr(body, "event_id", null);
            return result;
        }

        private static ServerEvent Skipped(string type)
        {
            bool isBookkeeping = Array.IndexOf(Bookkeeping, type) >= 0;
            return isBookkeeping ? (ServerEvent)new BookkeepingEvent() : new UnknownEvent();
        }

        private static JObject ReadObject(string json)
        {
            try
            {
                return JObject.Parse(json);
            }
            catch (JsonException error)
            {
                throw new ProtocolException("invalid_json", $"A text message must be one JSON object: {error.Message}");
            }
        }

        private static SpeechEdge Edge(JObject body, bool isStart, string key)
        {
            return new SpeechEdge { IsStart = isStart, AudioMs = NumberAt(body, key) };
        }

        private static TurnClosed Closed(JObject body, bool isCommitted)
        {
            return new TurnClosed { IsCommitted = isCommitted, ItemId = TextOr(body, "item_id", null) };
        }

        private static ItemTruncated Truncated(JObject body)
        {
            return new ItemTruncated { ItemId = TextAt(body, "item_id"), AudioEndMs = NumberAt(body, "audio_end_ms") };
        }

        private static ServerEvent State(JObject body)
        {
            AvatarState state;
            if (!Enum.TryParse(TextAt(body, "state"), true, out state))
            {
                return new UnknownEvent();
            }
            return new StateChanged { State = state };
        }

        private static ErrorEvent Error(JObject body)
        {
            JObject error = ObjectAt(body, "error");
            return new ErrorEvent
            {
                Code = TextAt(error, "code"),
                Message = TextOr(error, "message", string.Empty),
                ClientEventId = TextOr(error, "event_id", null),
                RetryAfterS = NumberOr(error, "retry_after_s", 0),
            };
        }
    }
}
