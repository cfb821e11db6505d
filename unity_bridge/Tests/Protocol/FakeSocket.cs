using System.Collections.Generic;
using System.Text;
using Newtonsoft.Json.Linq;

namespace Solami.Protocol.Tests
{
    /// <summary>A socket whose other end is the test.</summary>
    public sealed class FakeSocket : IWebSocket
    {
        private readonly Queue<MessageBuffer> _arriving = new Queue<MessageBuffer>();
        private readonly MessagePool _pool;

        public FakeSocket(string url, MessagePool pool)
        {
            Url = url;
            _pool = pool;
            State = SocketState.Open;
        }

        public readonly List<string> Texts = new List<string>();
        public readonly List<byte[]> Frames = new List<byte[]>();

        public bool KeepsSent { get; set; } = true;

        public string Url { get; }

        public SocketState State { get; private set; }

        public int CloseCode { get; private set; }

        public string CloseReason => "test";

        public int SentCount => Texts.Count + Frames.Count;

        public void Send(MessageBuffer message)
        {
            if (!KeepsSent)
            {
                message.Release();
                return;
            }
            var bytes = new byte[message.Count];
            System.Array.Copy(message.Data, bytes, message.Count);
            if (message.IsText)
            {
                Texts.Add(Encoding.UTF8.GetString(bytes));
            }
            else
            {
                Frames.Add(bytes);
            }
            message.Release();
        }

        public bool TryReceive(out MessageBuffer message)
        {
            message = _arriving.Count > 0 ? _arriving.Dequeue() : null;
            return message != null;
        }

        public void Close()
        {
            Cut(1000);
        }

        public void Abort()
        {
            Cut(0);
        }

        public void Cut(int code)
        {
            CloseCode = State == SocketState.Closed ? CloseCode : code;
            State = SocketState.Closed;
        }

        public void Arrive(string json)
        {
            _arriving.Enqueue(_pool.RentText(json));
        }

        public void Arrive(byte[] frame)
        {
            MessageBuffer message = _pool.Rent(frame.Length);
            frame.CopyTo(message.Data, 0);
            message.Count = frame.Length;
            _arriving.Enqueue(message);
        }

        public List<string> Sent(string type)
        {
            return Texts.FindAll(text => (string)JObject.Parse(text)["type"] == type);
        }
    }

    /// <summary>Opens fake sockets and remembers them.</summary>
    public sealed class FakeSockets : IWebSocketFactory
    {
        public readonly List<FakeSocket> Opened = new List<FakeSocket>();

        public FakeSocket Last => Opened[Opened.Count - 1];

        public IWebSocket Open(string url, string apiKey, MessagePool pool)
        {
            Opened.Add(new FakeSocket(url, pool));
            return Last;
        }
    }
}
