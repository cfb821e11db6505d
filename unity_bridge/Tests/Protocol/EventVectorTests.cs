using System.Collections.Generic;
using Newtonsoft.Json.Linq;
using NUnit.Framework;

namespace Solami.Protocol.Tests
{
    /// <summary>JSON messages are read and written as the vectors say.</summary>
    [TestFixture]
    public class EventVectorTests
    {
        [Test]
        public void EveryServerEventIsUnderstood()
        {
            var kinds = new HashSet<string>();
            foreach (JToken vector in Vectors.Read("protocol", "server_events"))
            {
                ServerEvent read = ServerEventParser.Parse(vector.ToString());
                Assert.AreEqual((string)vector["event_id"], read.EventId);
                kinds.Add(read.Type);
                CheckFields(read, (JObject)vector);
            }
            var missing = new HashSet<string>(ServerEventParser.KnownTypes);
            missing.ExceptWith(kinds);
            Assert.That(missing, Is.Empty, "types that no vector shows");
        }

        [Test]
        public void NoServerEventIsWithoutADecision()
        {
            var undecided = new HashSet<string>();
            foreach (JToken vector in Vectors.Read("protocol", "server_events"))
            {
                if (ServerEventParser.Parse(vector.ToString()) is UnknownEvent)
                {
                    undecided.Add((string)vector["type"]);
                }
            }
            if (undecided.Count > 0)
            {
                Assert.Inconclusive("skipped, as the protocol asks, but is there no use for them? "
                    + string.Join(", ", new List<string>(undecided).ToArray()));
            }
        }

        [Test]
        public void ClientEventsAreTheVectors()
        {
            var texts = new Dictionary<string, string>
            {
                { "audio_append", ClientEvents.AudioAppend(new byte[] { 0, 1, 0 }, 3) },
                { "audio_commit", ClientEvents.Commit() },
                { "audio_clear", ClientEvents.Clear() },
                { "motion_append", ClientEvents.MotionAppend(new byte[] { 0, 0, 0 }, 3) },
                { "typed_text", ClientEvents.TypedText("Gr\u00fc\u00df dich") },
                { "truncate", ClientEvents.Truncate("item_r3", 740) },
                { "response_create", ClientEvents.ResponseCreate() },
                { "response_cancel", ClientEvents.ResponseCancel("resp_3") },
                { "playback", Text(PlaybackReport.Rent(new MessagePool(), "resp_3", 9600, 0, -1)) },
                { "playback_received", Text(PlaybackReport.Rent(new MessagePool(), "resp_3", 9600, 1, 57)) },
                { "received_only", Text(PlaybackReport.RentReceived(new MessagePool(), 57)) },
            };
            foreach (JToken vector in Vectors.Read("protocol", "client_events"))
            {
                string ours;
                if (texts.TryGetValue((string)vector["name"], out ours))
                {
                    JObject expected = JObject.Parse((string)vector["text"]);
                    Assert.IsTrue(JToken.DeepEquals(expected, JObject.Parse(ours)), (string)vector["name"] + ours);
                    texts.Remove((string)vector["name"]);
                }
            }
            Assert.That(texts, Is.Empty, "vectors that are gone");
        }

        [Test]
        public void EverySettingIsOneThatAVectorKnows()
        {
            var known = new HashSet<string>();
            foreach (JToken vector in Vectors.Read("protocol", "client_events"))
            {
                if (vector["meaning"] is JObject meaning && meaning["session"] is JObject session)
                {
                    foreach (JProperty property in session.Properties())
                    {
                        known.Add(property.Name);
                    }
                }
            }
            known.Add("idle_motion");
            var settings = new SessionSettings
            {
                Persona = "ada", UserMotion = UserMotionSource.ThreePoints, Placement = new PlacementSettings(),
            };
            foreach (JProperty property in settings.ToJson().Properties())
            {
                Assert.That(known, Contains.Item(property.Name));
            }
        }

        [Test]
        public void TheUsersTurnsEndAsTheSettingsSay()
        {
            Assert.AreEqual("server_vad", TurnDetection(new SessionSettings()));
            Assert.AreEqual("semantic_vad", TurnDetection(new SessionSettings { SemanticTurns = true }));
            Assert.IsNull(TurnDetection(new SessionSettings { ServerFindsTurns = false }));
        }

        [Test]
        public void OnlyThreePointsAreMirrored()
        {
            var settings = new SessionSettings { Mirror = true, UserMotion = UserMotionSource.FullBody };
            Assert.IsNull(settings.ToJson()["mirror"]);
            settings.UserMotion = UserMotionSource.ThreePoints;
            Assert.IsTrue((bool)settings.ToJson()["mirror"]);
        }

        [Test]
        public void APlaybackReportCountsMessagesWhereTheServerCanResume()
        {
            JObject report = JObject.Parse(Text(PlaybackReport.Rent(new MessagePool(), "resp_12", 0, 3, 1234567)));
            Assert.AreEqual(0, (long)report["sample"]);
            Assert.AreEqual(3, (int)report["underruns"]);
            Assert.AreEqual(1234567, (long)report["received"]);
        }

        [TestCase("{", "invalid_json")]
        [TestCase("[]", "invalid_json")]
        [TestCase("{\"a\":1}", "invalid_event")]
        [TestCase("{\"type\":\"response.created\"}", "invalid_event")]
        [TestCase("{\"type\":\"response.output_audio.delta\",\"delta\":\"?\",\"sample\":0}", "invalid_event")]
        public void AMalformedEventIsAProtocolError(string json, string code)
        {
            var error = Assert.Throws<ProtocolException>(() => ServerEventParser.Parse(json));
            Assert.AreEqual(code, error.Code);
        }

        [TestCase("{\"type\":\"no.such.event\",\"x\":1}")]
        [TestCase("{\"type\":\"avatar.state\",\"state\":\"dancing\"}")]
        public void WhatANewerServerSaysIsSkipped(string json)
        {
            Assert.IsInstanceOf<UnknownEvent>(ServerEventParser.Parse(json));
        }

        private static void CheckFields(ServerEvent read, JObject vector)
        {
            if (read is SessionCreated created)
            {
                Assert.AreEqual(Bones.Names, created.BoneNames);
                Assert.AreEqual(30.0, created.MotionFps);
                Assert.AreEqual(24000, created.Session.OutputAudioRateHz);
            }
            if (read is ResponseDone done)
            {
                Assert.AreEqual((long)vector["response"]["audio_samples"], done.AudioSamples);
                Assert.AreEqual((string)vector["response"]["status"], done.Status);
                Assert.AreEqual(((JArray)vector["response"]["budget"]).Count, done.Budget.Length);
            }
            if (read is SpeechEdge edge)
            {
                Assert.AreEqual((string)vector["type"] == "input_audio_buffer.speech_started", edge.IsStart);
            }
            if (read is ErrorEvent error)
            {
                JToken wait = vector["error"]["retry_after_s"];
                Assert.AreEqual(wait == null ? 0.0 : (double)wait, error.RetryAfterS);
                Assert.AreEqual((string)vector["error"]["code"], error.Code);
            }
            if (read is MediaDelta media)
            {
                Assert.AreEqual((ulong)vector["sample"], media.Sample);
                Assert.That(media.Payload, Is.Not.Empty);
            }
        }

        private static string TurnDetection(SessionSettings settings)
        {
            JToken detection = settings.ToJson()["turn_detection"];
            return detection.Type == JTokenType.Null ? null : (string)detection["type"];
        }

        private static string Text(MessageBuffer message)
        {
            return System.Text.Encoding.UTF8.GetString(message.Data, 0, message.Count);
        }
    }
}
