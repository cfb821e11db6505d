using Newtonsoft.Json.Linq;

namespace Solami.Protocol
{
    /// <summary>What kind of user motion is streamed.</summary>
    public enum UserMotionSource
    {
        /// <summary>None.</summary>
        None,

        /// <summary>All 55 bones at 30 poses a second.</summary>
        FullBody,

        /// <summary>Head and two hands at 30 to 90 samples a second.</summary>
        ThreePoints,
    }

    /// <summary>Where the user stands, seen from the character.</summary>
    public sealed class PlacementSettings
    {
        /// <summary>Distance in metres.</summary>
        public double DistanceM = 1.5;

        /// <summary>0 ahead of the character, positive to its left.</summary>
        public double BearingRad;

        /// <summary>0 looks at the character.</summary>
        public double FacingRad;

        internal JObject ToJson()
        {
            return new JObject
            {
                { "distance_m", DistanceM }, { "bearing_rad", BearingRad }, { "facing_rad", FacingRad },
            };
        }
    }

    /// <summary>What a client asks of its session. Media travel as binary frames.</summary>
    public sealed class SessionSettings
    {
        /// <summary>A name of GET /v1/personas; null keeps the server's.</summary>
        public string Persona;

        /// <summary>Same seed and input: same reply.</summary>
        public long Seed;

        /// <summary>24000 or 16000; 0: no user audio.</summary>
        public int InputAudioRateHz = 24000;

        /// <summary>24000 or 16000.</summary>
        public int OutputAudioRateHz = 24000;

        /// <summary>Whether the server finds the end of the user's turn; else the client ends it.</summary>
        public bool ServerFindsTurns = true;

        /// <summary>Whether the server weighs what was said before it ends a turn, not silence alone.</summary>
        public bool SemanticTurns;

        /// <summary>Voice probability above which the server hears speech.</summary>
        public double VoiceThreshold = 0.5;

        /// <summary>Silence that ends a turn.</summary>
        public int SilenceMs = 500;

        /// <summary>What user motion is streamed.</summary>
        public UserMotionSource UserMotion = UserMotionSource.None;

        /// <summary>Samples of user motion a second.</summary>
        public int UserMotionFps = 30;

        /// <summary>With three points: whether the whole body that the server makes of them comes back.</summary>
        public bool Mirror;

        /// <summary>Where the user stands; null: unknown.</summary>
        public PlacementSettings Placement;

        /// <summary>Whether the server moves the character between replies.</summary>
        public bool IdleMotion = true;

        /// <summary>Whether motion comes as codes, for clients with a decoder of their own.</summary>
        public bool MotionAsCodes;

        /// <summary>The `session` object of session.update.</summary>
        public JObject ToJson()
        {
            var session = new JObject
            {
                { "seed", Seed },
                { "media", "binary" },
                { "output_audio_rate", OutputAudioRateHz },
                { "idle_motion", IdleMotion },
                { "input_audio_format", InputAudioRateHz == 0 ? Null() : AudioFormat() },
                { "turn_detection", ServerFindsTurns ? TurnDetection() : Null() },
                { "input_motion", UserMotion == UserMotionSource.None ? Null() : MotionFormat() },
                { "placement", Placement == null ? Null() : Placement.ToJson() },
            };
            if (!string.IsNullOrEmpty(Persona))
            {
                session["persona"] = Persona;
            }
            if (Mirror && UserMotion == UserMotionSource.ThreePoints)
            {
                session["mirror"] = true;
            }
            if (MotionAsCodes)
            {
                session["output_motion"] = "codes";
            }
            return session;
        }

        private static JToken Null()
        {
            return JValue.CreateNull();
        }

        private JToken AudioFormat()
        {
            return new JObject { { "type", "pcm16" }, { "rate", InputAudioRateHz } };
        }

        private JToken TurnDetection()
        {
            if (SemanticTurns)
            {
                return new JObject { { "type", "semantic_vad" } };
            }
            return new JObject
            {
                { "type", "server_vad" }, { "threshold", VoiceThreshold }, { "silence_duration_ms", SilenceMs },
            };
        }

        private JToken MotionFormat()
        {
            string source = UserMotion == UserMotionSource.FullBody ? "full_body" : "three_points";
            return new JObject { { "fps", UserMotionFps }, { "source", source } };
        }
    }
}
