using System.Collections.Generic;
using NUnit.Framework;

namespace Solami.Protocol.Tests
{
    /// <summary>Handshake, counting, back-off and resuming.</summary>
    [TestFixture]
    public class ConnectionTests
    {
        private FakeSockets _sockets;
        private RealtimeConnection _connection;
        private List<string> _problems;
        private int _lostSessions;

        [SetUp]
        public void Connect()
        {
            _sockets = new FakeSockets();
            _problems = new List<string>();
            _lostSessions = 0;
            _connection = new RealtimeConnection(new ConnectionOptions(), new SessionSettings(), _sockets);
            _connection.Problem += _problems.Add;
            _connection.SessionLost += () => _lostSessions++;
            _connection.Open(0);
        }

        private void Greet(string token)
        {
            _sockets.Last.Arrive(ServerScript.Created(token));
            _connection.Update(0);
            _sockets.Last.Arrive(ServerScript.Updated());
            _connection.Update(0);
            Assert.AreEqual(ConnectionState.Ready, _connection.State);
        }

        [Test]
        public void MediaMayFlowOnlyAfterTheSettingsAreAgreed()
        {
            Assert.AreEqual("ws://127.0.0.1:8800/v1/realtime?protocol=1.0", _sockets.Last.Url);
            _connection.SendText(ClientEvents.Commit());
            Assert.AreEqual(0, _sockets.Last.SentCount);
            _sockets.Last.Arrive(ServerScript.Created(null));
            _connection.Update(0);
            Assert.AreEqual(1, _sockets.Last.Sent("session.update").Count);
            Assert.AreEqual(ConnectionState.Connecting, _connection.State);
            _sockets.Last.Arrive(ServerScript.Updated());
            _connection.Update(0);
            Assert.AreEqual(ConnectionState.Ready, _connection.State);
            _connection.SendText(ClientEvents.Commit());
            Assert.AreEqual(2, _sockets.Last.SentCount);
        }

        [Test]
        public void ACutSessionGoesOnWhereItWas()
        {
            Greet("T+1");
            FakeSocket first = _sockets.Last;
            for (int i = 0; i < 3; i++)
            {
                _connection.SendText(ClientEvents.TypedText("line " + i));
            }
            first.Arrive(ServerScript.Frame(MediaType.Audio, 1, 0, 0, new byte[4]));
            _connection.Update(1);
            first.Abort();
            _connection.Update(2);
            Assert.AreEqual(ConnectionState.Reconnecting, _connection.State);
            _connection.SendText(ClientEvents.TypedText("line 3"));
            _connection.Update(2);
            FakeSocket second = _sockets.Last;
            Assert.AreNotSame(first, second);
            StringAssert.EndsWith("&resume=T%2B1&received=3", second.Url);
            second.Arrive(ServerScript.Resumed(2, 1));
            second.Arrive(ServerScript.Frame(MediaType.Audio, 1, 1, 2, new byte[4]));
            _connection.Update(2.1);
            Assert.AreEqual(ConnectionState.Ready, _connection.State);
            Assert.AreEqual(1, _connection.Resumes);
            Assert.AreEqual(4, _connection.Ledger.Received, "session.resumed is not counted");
            Assert.AreEqual(5, _connection.Ledger.Sent);
            Assert.AreEqual(3, second.Texts.Count, "lines 1, 2 and 3 are sent again, line 0 was taken");
            StringAssert.Contains("line 1", second.Texts[0]);
            StringAssert.Contains("line 3", second.Texts[2]);
            Assert.AreEqual(0, second.Sent("session.update").Count);
            Assert.AreEqual(0, _lostSessions);
            Assert.AreEqual(0, _connection.Ledger.Lost);
        }

        [Test]
        public void TriesWaitLongerEachTime()
        {
            Greet("T");
            var triesS = new List<double>();
            double now = 10;
            for (int count = _sockets.Opened.Count; now < 40; now += 0.05)
            {
                _connection.Update(now);
                if (_sockets.Opened.Count > count)
                {
                    count = _sockets.Opened.Count;
                    triesS.Add(now);
                }
                _sockets.Last.Abort();
            }
            Assert.That(triesS.Count, Is.GreaterThanOrEqualTo(5));
            double[] waits = { 1, 2, 4, 8 };
            for (int i = 0; i < waits.Length; i++)
            {
                Assert.AreEqual(waits[i], triesS[i + 1] - triesS[i], 0.16);
            }
        }

        [Test]
        public void ARefusedResumeStartsANewSession()
        {
            Greet("T");
            _sockets.Last.Abort();
            _connection.Update(5);
            _connection.Update(5);
            _sockets.Last.Arrive(ServerScript.Error("resume_failed"));
            _sockets.Last.Cut(1008);
            _connection.Update(5);
            Assert.AreEqual(1, _lostSessions);
            _connection.Update(11);
            StringAssert.DoesNotContain("resume", _sockets.Last.Url);
            Greet("U");
        }

        [Test]
        public void AfterTheTokenHasExpiredANewSessionStarts()
        {
            Greet("T");
            _sockets.Last.Abort();
            _connection.Update(5);
            int before = _sockets.Opened.Count;
            _connection.Update(66);
            Assert.AreEqual(before + 1, _sockets.Opened.Count);
            StringAssert.DoesNotContain("resume", _sockets.Last.Url);
            Assert.AreEqual(1, _lostSessions);
        }

        [TestCase("invalid_api_key")]
        [TestCase("unsupported_protocol")]
        public void ARefusalIsFinal(string code)
        {
            _sockets.Last.Arrive(ServerScript.Error(code));
            _sockets.Last.Cut(1008);
            _connection.Update(0);
            Assert.AreEqual(ConnectionState.Refused, _connection.State);
            _connection.Update(100);
            Assert.AreEqual(1, _sockets.Opened.Count);
        }

        [TestCase("invalid_session")]
        [TestCase("unsupported_setting")]
        public void SettingsThatTheServerRefusesEndTheTry(string code)
        {
            _sockets.Last.Arrive(ServerScript.Created("T"));
            _connection.Update(0);
            _sockets.Last.Arrive(ServerScript.Error(code));
            _connection.Update(0);
            Assert.AreEqual(ConnectionState.Refused, _connection.State);
            Assert.That(_problems, Is.Not.Empty);
        }

        [TestCase("http://127.0.0.1:8800")]
        [TestCase("127.0.0.1:8800")]
        [TestCase("")]
        [TestCase(null)]
        public void AnAddressThatCannotBeOneIsRefusedAtOnce(string address)
        {
            var connection = new RealtimeConnection(
                new ConnectionOptions { ServerUrl = address }, new SessionSettings(), _sockets);
            connection.Problem += _problems.Add;
            connection.Open(0);
            Assert.AreEqual(ConnectionState.Refused, connection.State);
            StringAssert.Contains("ws://", _problems[0]);
            connection.Update(100);
            Assert.AreEqual(1, _sockets.Opened.Count, "only the other connection's");
        }

        [Test]
        public void ASocketThatCannotConnectSaysWhy()
        {
            IWebSocket socket = new NativeWebSocketFactory().Open("ws://127.0.0.1:1", null, new MessagePool());
            for (int i = 0; i < 1000 && socket.State != SocketState.Closed; i++)
            {
                System.Threading.Thread.Sleep(10);
            }
            Assert.AreEqual(SocketState.Closed, socket.State);
            Assert.That(socket.CloseReason, Is.Not.Empty);
        }

        [Test]
        public void AFullServerIsTriedAgainWhenItSaysSo()
        {
            _sockets.Last.Arrive(ServerScript.Error("session_limit_reached"));
            _sockets.Last.Cut(1013);
            _connection.Update(0);
            _connection.Update(4.9);
            Assert.AreEqual(1, _sockets.Opened.Count);
            _connection.Update(5.1);
            Assert.AreEqual(2, _sockets.Opened.Count);
        }

        [Test]
        public void AServerThatDoesNotGreetIsGivenUp()
        {
            _connection.Update(9);
            Assert.AreEqual(ConnectionState.Connecting, _connection.State);
            _connection.Update(11);
            Assert.AreEqual(ConnectionState.Reconnecting, _connection.State);
        }

        [Test]
        public void ABrokenMessageIsReportedAndCountedAndTheSessionGoesOn()
        {
            Greet("T");
            _sockets.Last.Arrive(new byte[] { 1, 2, 3 });
            _sockets.Last.Arrive("{");
            _connection.Update(1);
            Assert.AreEqual(2, _problems.Count);
            Assert.AreEqual(4, _connection.Ledger.Received);
            Assert.AreEqual(ConnectionState.Ready, _connection.State);
        }

        [Test]
        public void OldMessagesThatNoLongerFitAreCountedAsLost()
        {
            var pool = new MessagePool();
            var ledger = new ResumeLedger(2500);
            var socket = new FakeSocket(string.Empty, pool);
            for (int i = 0; i < 5; i++)
            {
                MessageBuffer message = pool.Rent(1000);
                message.Count = 1000;
                message.Data[0] = (byte)i;
                ledger.NoteSent(message);
                message.Release();
            }
            ledger.Resume(1, socket);
            Assert.AreEqual(2, ledger.Lost);
            Assert.AreEqual(2, socket.Frames.Count);
            Assert.AreEqual(3, socket.Frames[0][0]);
            Assert.AreEqual(3, ledger.Sent, "the server counts from its own number on");
        }

        [Test]
        public void BuffersGoBackToThePool()
        {
            Greet("T");
            int before = _connection.Pool.Made;
            for (int i = 0; i < 200; i++)
            {
                _sockets.Last.Arrive(ServerScript.Frame(MediaType.Audio, 1, (uint)i, i, new byte[900]));
                _connection.Update(1);
            }
            Assert.That(_connection.Pool.Made - before, Is.LessThan(8));
        }
    }
}
