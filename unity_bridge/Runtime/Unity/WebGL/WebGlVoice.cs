#if UNITY_WEBGL
using System.Runtime.InteropServices;
using Solami.Protocol;
using UnityEngine;

namespace Solami
{
    /// <summary>
    /// The voice in browsers, where Unity has no audio callback: blocks are handed to Web Audio a little ahead of time.
    /// It is not spatialised. Add it instead of Solami Voice in WebGL players.
    /// </summary>
    [AddComponentMenu("Solami/Solami WebGL Voice")]
    [DisallowMultipleComponent]
    public sealed class WebGlVoice : MonoBehaviour
    {
        private const double AheadS = 0.15;
        private const int BlockSamples = 480;

        [SerializeField] private SolamiSession session;

        private readonly float[] _block = new float[BlockSamples];

        private void OnEnable()
        {
            session = session != null ? session : GetComponentInParent<SolamiSession>();
        }

        private void Update()
        {
            if (session == null || session.Client == null)
            {
                return;
            }
            AudioPlayer player = session.Client.Performer.Audio;
            player.OutputLatencyS = SolamiAudioLatency();
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
    }
}
#endif
