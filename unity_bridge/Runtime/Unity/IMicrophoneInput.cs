namespace Solami
{
    /// <summary>Where the user's voice comes from.</summary>
    public interface IMicrophoneInput
    {
        /// <summary>Whether samples are coming.</summary>
        bool IsRunning { get; }

        /// <summary>Starts to listen; asks for permission first where the system wants that.</summary>
        void Start(string device, int rateHz, int bufferS);

        /// <summary>
        /// Fills the array with the next samples at the rate asked for; false when there are not that many.
        /// </summary>
        bool TryRead(float[] samples);

        /// <summary>Throws away what has come so far.</summary>
        void Skip();

        /// <summary>Stops listening.</summary>
        void Stop();
    }

    /// <summary>The microphone of the platform that the game runs on.</summary>
    public static class PlatformMicrophone
    {
        /// <summary>The names of the microphones; empty in browsers, which choose themselves.</summary>
        public static string[] Devices
        {
            get
            {
#if UNITY_WEBGL && !UNITY_EDITOR
                return new string[0];
#else
                return UnityEngine.Microphone.devices;
#endif
            }
        }

        /// <summary>A microphone that is not started.</summary>
        public static IMicrophoneInput Make()
        {
#if UNITY_WEBGL && !UNITY_EDITOR
            return new WebGlMicrophone();
#else
            return new UnityMicrophone();
#endif
        }
    }
}
