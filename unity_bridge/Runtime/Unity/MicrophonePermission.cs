#if UNITY_ANDROID && !UNITY_EDITOR
using UnityEngine.Android;
#elif UNITY_IOS && !UNITY_EDITOR
using UnityEngine;
#endif

namespace Solami
{
    /// <summary>Leave to use the microphone, which Android (Quest) and iOS ask the user for.</summary>
    public static class MicrophonePermission
    {
        /// <summary>Whether the microphone may be used.</summary>
        public static bool IsGranted
        {
            get
            {
#if UNITY_ANDROID && !UNITY_EDITOR
                return Permission.HasUserAuthorizedPermission(Permission.Microphone);
#elif UNITY_IOS && !UNITY_EDITOR
                return Application.HasUserAuthorization(UserAuthorization.Microphone);
#else
                return true;
#endif
            }
        }

        /// <summary>Shows the system's question.</summary>
        public static void Ask()
        {
#if UNITY_ANDROID && !UNITY_EDITOR
            Permission.RequestUserPermission(Permission.Microphone);
#elif UNITY_IOS && !UNITY_EDITOR
            Application.RequestUserAuthorization(UserAuthorization.Microphone);
#endif
        }
    }
}
