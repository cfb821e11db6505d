using System;

namespace Solami.Protocol
{
    /// <summary>What becomes of a connection that has ended, by its close code and the server's last error.</summary>
    internal sealed class ReconnectPolicy
    {
        private const int NormalClose = 1000;
        private readonly Backoff _backoff = new Backoff();
        private readonly bool _reconnects;
        private double _askedWaitS;

        public ReconnectPolicy(bool reconnects)
        {
            _reconnects = reconnects;
        }

        /// <summary>The server's last error on this socket; null: none.</summary>
        public string LastErrorCode { get; private set; }

        /// <summary>Whether the server refuses for a reason that waiting does not mend.</summary>
        public bool IsRefused => LastErrorCode == "origin_not_allowed" || LastErrorCode == "unsupported_protocol";

        /// <summary>Whether the session cannot be resumed.</summary>
        public bool IsSessionGone => LastErrorCode == "resume_failed";

        /// <summary>An error before the settings were agreed that the same settings would meet again.</summary>
        public static bool IsRefusal(ErrorEvent error)
        {
            return error.Code.StartsWith("invalid_", StringComparison.Ordinal) || error.Code == "unsupported_setting";
        }

        /// <summary>A new socket: errors of the last one say nothing about it.</summary>
        public void Begin()
        {
            LastErrorCode = null;
        }

        public void Note(ErrorEvent error)
        {
            LastErrorCode = error.Code;
            _askedWaitS = error.RetryAfterS;
        }

        public void Succeeded()
        {
            _backoff.Succeeded();
        }

        /// <summary>Whether it is over, for good or until the game connects again.</summary>
        public bool IsOver(int closeCode)
        {
            return IsRefused || closeCode == NormalClose || !_reconnects;
        }

        /// <summary>How long to wait before the next try.</summary>
        public double TakeWaitS()
        {
            double wait = _backoff.NextS(_askedWaitS);
            _askedWaitS = 0;
            return wait;
        }
    }
}
