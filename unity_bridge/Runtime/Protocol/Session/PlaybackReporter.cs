namespace Solami.Protocol
{
    /// <summary>Tells the server what is heard, and which messages it may forget.</summary>
    internal sealed class PlaybackReporter
    {
        private const double WhileSpeakingS = 0.25;
        private const double WhileSilentS = 5.0;
        private readonly RealtimeConnection _connection;
        private readonly Performer _performer;
        private double _nextS;
        private bool _wasSpeaking;

        public PlaybackReporter(RealtimeConnection connection, Performer performer)
        {
            _connection = connection;
            _performer = performer;
        }

        /// <summary>Reports what is due. True in the frame in which a reply is first heard.</summary>
        public bool Update(string responseId, double nowS)
        {
            bool isSpeaking = _performer.Epoch != 0 && _performer.Heard.Epoch == _performer.Epoch;
            bool isFirst = isSpeaking && !_wasSpeaking;
            _wasSpeaking = isSpeaking;
            if (!isFirst && nowS < _nextS)
            {
                return false;
            }
            _nextS = nowS + (isSpeaking ? WhileSpeakingS : WhileSilentS);
            if (isSpeaking)
            {
                Report(responseId, _performer.Heard.Sample);
            }
            else if (_connection.CanResume && _connection.State == ConnectionState.Ready)
            {
                _connection.Send(PlaybackReport.RentReceived(_connection.Pool, _connection.Ledger.Received));
            }
            return isFirst;
        }

        /// <summary>Reports that a reply has been heard up to a sample.</summary>
        public void Report(string responseId, double sample)
        {
            long received = _connection.CanResume ? _connection.Ledger.Received : -1;
            int underruns = _performer.Audio.Underruns;
            MessagePool pool = _connection.Pool;
            _connection.Send(PlaybackReport.Rent(pool, responseId, (long)sample, underruns, received));
        }
    }
}
