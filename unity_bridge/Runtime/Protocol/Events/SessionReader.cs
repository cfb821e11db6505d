using Newtonsoft.Json.Linq;
using static Solami.Protocol.JsonAccess;

namespace Solami.Protocol
{
    /// <summary>Reads the events about the session.</summary>
    internal static class SessionReader
    {
        public static SessionCreated Created(JObject body)
        {
            JObject streams = ObjectAt(body, "streams");
            JObject motion = ObjectAt(streams, "motion");
            JObject visemes = streams["visemes"] as JObject;
            JObject codes = streams["motion_codes"] as JObject;
            JObject resume = body["resume"] as JObject;
            return new SessionCreated
            {
                Session = Info(ObjectAt(body, "session")),
                ProtocolVersion = TextAt(ObjectAt(body, "protocol"), "version"),
                BoneNames = TextsAt(motion, "bones"),
                MotionFps = NumberAt(motion, "fps"),
                VisemeFps = visemes == null ? 0 : NumberAt(visemes, "fps"),
                MotionCodes = codes == null ? null : Layout(codes),
                ResumeToken = resume == null ? null : TextAt(resume, "token"),
                ResumeSeconds = resume == null ? 0 : NumberAt(resume, "seconds"),
            };
        }

        public static SessionUpdated Updated(JObject body)
        {
            return new SessionUpdated { Session = Info(ObjectAt(body, "session")) };
        }

        public static SessionResumed Resumed(JObject body)
        {
            JObject session = body["session"] as JObject;
            return new SessionResumed
            {
                SessionId = session == null ? TextOr(body, "session", null) : TextOr(session, "id", null),
                Received = (long)NumberAt(body, "received"),
                Replayed = (long)NumberAt(body, "replayed"),
            };
        }

        private static MotionCodes Layout(JObject codes)
        {
            return new MotionCodes(
                (int)NumberAt(codes, "body_books"),
                (int)NumberAt(codes, "hand_books"),
                NumberAt(codes, "frame_rate"),
                TextOr(codes, "decoder", null));
        }

        private static SessionInfo Info(JObject session)
        {
            JObject input = session["input_audio_format"] as JObject;
            return new SessionInfo
            {
                Id = TextAt(session, "id"),
                Model = TextOr(session, "model", string.Empty),
                Persona = TextOr(session, "persona", string.Empty),
                OutputAudioRateHz = (int)NumberAt(session, "output_audio_rate"),
                InputAudioRateHz = input == null ? 0 : (int)NumberAt(input, "rate"),
            };
        }
    }
}
