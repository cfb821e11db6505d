using Newtonsoft.Json.Linq;

namespace Solami.Protocol.Tests
{
    /// <summary>Messages as a server writes them.</summary>
    public static class ServerScript
    {
        public const int RateHz = 24000;
        public const double PoseSamples = RateHz / 30.0;

        public static string Created(string token)
        {
            var body = new JObject
            {
                { "type", "session.created" },
                { "session", Session() },
                { "protocol", new JObject { { "name", "solami" }, { "version", "1.0" } } },
                {
                    "streams", new JObject
                    {
                        { "motion", new JObject { { "bones", new JArray(Bones.Names) }, { "fps", 30.0 } } },
                        { "visemes", new JObject { { "fps", 25.0 } } },
                    }
                },
            };
            if (token != null)
            {
                body["resume"] = new JObject { { "token", token }, { "seconds", 60 } };
            }
            return body.ToString();
        }

        public static string Updated()
        {
            return new JObject { { "type", "session.updated" }, { "session", Session() } }.ToString();
        }

        public static string Resumed(long received, long replayed)
        {
            return new JObject
            {
                { "type", "session.resumed" }, { "session", Session() }, { "received", received },
                { "replayed", replayed },
            }.ToString();
        }

        public static string Error(string code)
        {
            var error = new JObject { { "code", code }, { "message", "no" }, { "retry_after_s", 5.0 } };
            return new JObject { { "type", "error" }, { "error", error } }.ToString();
        }

        public static string ResponseCreated(int epoch)
        {
            var response = new JObject { { "id", "resp_" + epoch }, { "epoch", epoch } };
            return new JObject { { "type", "response.created" }, { "response", response } }.ToString();
        }

        public static string ResponseDone(int epoch, string status)
        {
            var response = new JObject { { "id", "resp_" + epoch }, { "status", status } };
            return new JObject { { "type", "response.done" }, { "response", response } }.ToString();
        }

        public static string SpeechStarted()
        {
            return "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":100}";
        }

        public static byte[] Frame(MediaType type, uint epoch, uint seq, long sample, byte[] payload)
        {
            var frame = new byte[MediaHeader.Bytes + payload.Length];
            new MediaHeader(type, epoch, seq, (ulong)sample, payload.Length).Write(frame);
            payload.CopyTo(frame, MediaHeader.Bytes);
            return frame;
        }

        /// <summary>Poses whose hips are at x = their stamp in seconds and whose right hand turns as asked.</summary>
        public static byte[] Poses(long sample, int count, System.Func<double, float> handTurnRad)
        {
            var bytes = new byte[count * PoseFormat.Bytes];
            for (int i = 0; i < count; i++)
            {
                double stamp = sample + i * PoseSamples;
                float[] pose = PoseFormat.Rest();
                pose[0] = (float)(stamp / RateHz);
                double half = handTurnRad(stamp) / 2;
                int at = PoseFormat.RotationAt(Bones.IndexOf("rightHand"));
                pose[at + 2] = (float)System.Math.Sin(half);
                pose[at + 3] = (float)System.Math.Cos(half);
                PoseFormat.Write(pose, 0, PoseFormat.Floats, bytes, i * PoseFormat.Bytes);
            }
            return bytes;
        }

        public static byte[] Sound(int count, System.Func<int, float> wave)
        {
            var samples = new float[count];
            for (int i = 0; i < count; i++)
            {
                samples[i] = wave(i);
            }
            var bytes = new byte[2 * count];
            Pcm16.Encode(samples, 0, count, bytes, 0);
            return bytes;
        }

        private static JObject Session()
        {
            return new JObject { { "id", "sess_1" }, { "output_audio_rate", RateHz } };
        }
    }
}
