namespace Solami.Protocol
{
    /// <summary>What a client must remember to go on with a session after a cut.</summary>
    internal sealed class ResumeTicket
    {
        private double _seconds;
        private double _cutS;

        /// <summary>The server's token; null where there is no session, or the server cannot resume.</summary>
        public string Token { get; private set; }

        /// <summary>Whether the session's settings were agreed.</summary>
        public bool WasReady { get; set; }

        public void Take(SessionCreated created)
        {
            Token = created.ResumeToken;
            _seconds = created.ResumeSeconds;
        }

        /// <summary>The connection broke; tries that fail afterwards do not move this time.</summary>
        public void NoteCut(double nowS)
        {
            _cutS = nowS;
        }

        public bool IsGoodAt(double nowS)
        {
            return Token != null && nowS - _cutS < _seconds;
        }

        public void Forget()
        {
            Token = null;
            WasReady = false;
        }
    }
}
