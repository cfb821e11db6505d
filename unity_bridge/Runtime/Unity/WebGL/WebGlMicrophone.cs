#if UNITY_WEBGL && !UNITY_EDITOR
using System.Runtime.InteropServices;

namespace Solami
{
    /// <summary>
    /// The browser's microphone, through SolamiWeb.jslib. The browser asks the user and cancels echo.
    /// </summary>
    public sealed class WebGlMicrophone : IMicrophoneInput
    {
        /// <inheritdoc/>
        public bool IsRunning => SolamiMicRunning() == 1;

        /// <inheritdoc/>
        public void Start(string device, int rateHz, int bufferS)
        {
            SolamiMicStart(rateHz, rateHz * bufferS);
        }

        /// <inheritdoc/>
        public bool TryRead(float[] samples)
        {
            return SolamiMicRead(samples, samples.Length) == 1;
        }

        /// <inheritdoc/>
        public void Skip()
        {
            SolamiMicSkip();
        }

        /// <inheritdoc/>
        public void Stop()
        {
            SolamiMicStop();
        }

        [DllImport("__Internal")]
        private static extern int SolamiMicRunning();

        [DllImport("__Internal")]
        private static extern void SolamiMicStart(int rateHz, int mostSamples);

        [DllImport("__Internal")]
        private static extern int SolamiMicRead(float[] samples, int count);

        [DllImport("__Internal")]
        private static extern void SolamiMicSkip();

        [DllImport("__Internal")]
        private static extern void SolamiMicStop();
    }
}
#endif
