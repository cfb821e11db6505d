using System;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Solami.Protocol
{
    /// <summary>Writes the JSON messages of a client.</summary>
    public static class ClientEvents
    {
        /// <summary>session.update with the settings to change.</summary>
        public static string SessionUpdate(JObject session)
        {
            return Write(new JObject { { "type", "session.update" }, { "session", session } });
        }

        /// <summary>input_audio_buffer.append, for clients without binary frames.</summary>
        public static string AudioAppend(byte[] pcm16, int count)
        {
            string text = Convert.ToBase64String(pcm16, 0, count);
            return Write(new JObject { { "type", "input_audio_buffer.append" }, { "audio", text } });
        }

        /// <summary>input_motion_buffer.append, for clients without binary frames.</summary>
        public static string MotionAppend(byte[] poses, int count)
        {
            string text = Convert.ToBase64String(poses, 0, count);
            return Write(new JObject { { "type", "input_motion_buffer.append" }, { "motion", text } });
        }

        /// <summary>input_audio_buffer.commit: the user's turn is over, no reply yet.</summary>
        public static string Commit()
        {
            return Plain("input_audio_buffer.commit");
        }

        /// <summary>input_audio_buffer.clear: forget the open turn.</summary>
        public static string Clear()
        {
            return Plain("input_audio_buffer.clear");
        }

        /// <summary>conversation.item.create with typed words.</summary>
        public static string TypedText(string text)
        {
            var part = new JObject { { "type", "input_text" }, { "text", text } };
            var item = new JObject { { "type", "message" }, { "role", "user" }, { "content", new JArray { part } } };
            return Write(new JObject { { "type", "conversation.item.create" }, { "item", item } });
        }

        /// <summary>conversation.item.truncate: so much of the reply was heard.</summary>
        public static string Truncate(string itemId, long audioEndMs)
        {
            return Write(new JObject
            {
                { "type", "conversation.item.truncate" }, { "item_id", itemId }, { "content_index", 0 },
                { "audio_end_ms", audioEndMs },
            });
        }

        /// <summary>response.create: the user's turn is over, reply.</summary>
        public static string ResponseCreate()
        {
            return Plain("response.create");
        }

        /// <summary>response.cancel.</summary>
        public static string ResponseCancel(string responseId)
        {
            return Write(new JObject { { "type", "response.cancel" }, { "response_id", responseId } });
        }

        private static string Plain(string type)
        {
            return Write(new JObject { { "type", type } });
        }

        private static string Write(JObject body)
        {
            return body.ToString(Formatting.None);
        }
    }
}
