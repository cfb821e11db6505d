using System;

namespace Solami.Protocol
{
    /// <summary>Where the server is and how patient to be.</summary>
    public sealed class ConnectionOptions
    {
        /// <summary>For example ws://127.0.0.1:8800; the path is added.</summary>
        public string ServerUrl = "ws://127.0.0.1:8800";

        /// <summary>The server's key; null or empty where none is set.</summary>
        public string ApiKey;

        /// <summary>How long the server may take to greet.</summary>
        public double GreetingTimeoutS = 10;

        /// <summary>Whether to connect again after a cut.</summary>
        public bool Reconnects = true;

        /// <summary>Bytes of sent messages kept to be sent again after a cut; about 20 s of audio alone.</summary>
        public int KeptBytes = 1 << 20;

        /// <summary>What is wrong with <see cref="ServerUrl"/>, in one sentence; null: nothing.</summary>
        public string AddressFault()
        {
            Uri uri;
            bool isAddress = Uri.TryCreate(ServerUrl, UriKind.Absolute, out uri)
                && (uri.Scheme == "ws" || uri.Scheme == "wss") && uri.Host.Length > 0;
            return isAddress ? null : $"the server's address must look like ws://127.0.0.1:8800; got '{ServerUrl}'";
        }

        /// <summary>The address of a new session, or of one to resume.</summary>
        public string Address(string resumeToken, long received)
        {
            string address = ServerUrl.TrimEnd('/') + "/v1/realtime?protocol=1.0";
            if (resumeToken == null)
            {
                return address;
            }
            return $"{address}&resume={Uri.EscapeDataString(resumeToken)}&received={received}";
        }
    }

    /// <summary>Where a connection stands.</summary>
    public enum ConnectionState
    {
        /// <summary>Not connected, and not trying to be.</summary>
        Closed,

        /// <summary>Waiting for the server and its greeting.</summary>
        Connecting,

        /// <summary>The settings are agreed; media may be sent.</summary>
        Ready,

        /// <summary>Cut; waiting to try again. The session may still go on.</summary>
        Reconnecting,

        /// <summary>The server refuses for a reason that waiting does not mend.</summary>
        Refused,
    }
}
