using Newtonsoft.Json.Linq;
using static Solami.Protocol.JsonAccess;

namespace Solami.Protocol
{
    /// <summary>Reads the events about replies.</summary>
    internal static class ResponseReader
    {
        public static ResponseCreated Created(JObject body)
        {
            JObject response = ObjectAt(body, "response");
            return new ResponseCreated
            {
                ResponseId = TextAt(response, "id"),
                Epoch = (uint)NumberAt(response, "epoch"),
            };
        }

        public static CaptionDelta Caption(JObject body, CaptionKind kind)
        {
            return new CaptionDelta
            {
                Kind = kind,
                ResponseId = TextOr(body, "response_id", null),
                Delta = TextAt(body, "delta"),
            };
        }

        public static MediaDelta Media(JObject body, MediaType media)
        {
            return new MediaDelta
            {
                Media = media,
                ResponseId = TextOr(body, "response_id", null),
                Payload = BytesAt(body, "delta"),
                Sample = (ulong)NumberAt(body, "sample"),
            };
        }

        public static ResponseDone Done(JObject body)
        {
            JObject response = ObjectAt(body, "response");
            return new ResponseDone
            {
                ResponseId = TextAt(response, "id"),
                Status = TextAt(response, "status"),
                ResponseLatencyMs = NumberOr(response, "response_latency_ms", double.NaN),
                FirstAudioMs = NumberOr(response, "first_audio_ms", double.NaN),
                FirstMotionMs = NumberOr(response, "first_motion_ms", double.NaN),
                RealTimeFactor = NumberOr(response, "rtf", double.NaN),
                AudioSamples = (long)NumberOr(response, "audio_samples", 0),
                MotionFrames = (long)NumberOr(response, "motion_frames", 0),
                Budget = Stages(response["budget"] as JArray),
            };
        }

        private static BudgetStage[] Stages(JArray list)
        {
            var stages = new BudgetStage[list == null ? 0 : list.Count];
            for (int i = 0; i < stages.Length; i++)
            {
                var stage = (JObject)list[i];
                stages[i].Stage = TextAt(stage, "stage");
                stages[i].PlannedMs = NumberOr(stage, "planned_ms", 0);
                stages[i].SpentMs = NumberOr(stage, "spent_ms", 0);
            }
            return stages;
        }
    }
}
