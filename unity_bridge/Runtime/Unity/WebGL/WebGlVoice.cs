using System.Runtime.InteropServices;
using Solami.Protocol;
using UnityEngine;

namespace Solami
{
    /// <summary>
    /// The voice in browsers, where Unity has no audio callback: blocks are handed to Web Audio a little ahead of time.
    /// It is not spatialised. Solami Voice adds it in WebGL players; elsewhere it does nothing.
    /// </summary>
    [AddComponentMenu("")]
    [DisallowMultipleComponent]
    public sealed class WebGlVoice : MonoBehaviour
    {
        /// <summary>The conversation.</summary>
        public SolamiSession Session { get; set; }

        /// <summary>What the device adds to the latency that the browser knows, in seconds.</summary>
        public double ExtraLatencyS { get; set; }

#if UNITY_WEBGL && !UNITY_EDITOR
        private const double AheadS = 0.15;
        private const int BlockSamples = 480;
        private readonly float[] _block = new float[BlockSamples];

        private void Update()
        {
            if (Session == null || Session.Client == null)
            {
                return;
            }
            AudioPlayer player = Session.Client.Performer.Audio;
            player.OutputLatencyS = SolamiAudioLatency() + ExtraLatencyS;
            double queuedS = SolamiAudioQueued();
            for (; queuedS < AheadS; queuedS += (double)BlockSamples / player.RateHz)
            {
                player.Read(_block, BlockSamples, player.RateHz, SolamiClock.NowS + queuedS);
                SolamiAudioPush(_block, BlockSamples, player.RateHz);
            }
        }

        [DllImport("__Internal")]
        private static extern double SolamiAudioLatency();

        [DllImport("__Internal")]
        private static extern double SolamiAudioQueued();

        [DllImport("__Internal")]
        private static extern void SolamiAudioPush(float[] samples, int count, int rateHz);
#endif
    }
}
