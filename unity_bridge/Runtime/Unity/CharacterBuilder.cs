using UnityEngine;

namespace Solami
{
    /// <summary>Puts everything that a character needs onto an avatar.</summary>
    public static class CharacterBuilder
    {
        /// <summary>
        /// Adds what is missing and returns the session. The voice comes from the head where there is one.
        /// </summary>
        public static SolamiSession AddTo(GameObject avatar, string serverUrl, string persona)
        {
            var session = Get<SolamiSession>(avatar);
            session.ServerUrl = serverUrl;
            session.Persona = persona;
            Get<SolamiAvatar>(avatar);
            Get<SolamiGaze>(avatar);
            Get<SolamiFace>(avatar);
            Get<SolamiUserPlace>(avatar);
            Get<SolamiMicrophone>(avatar);
            Transform head = RigBuilder.Build(avatar.transform).Find("head");
            GameObject mouth = head == null ? avatar : head.gameObject;
            var source = Get<AudioSource>(mouth);
            source.spatialBlend = 1f;
            source.playOnAwake = false;
            Get<SolamiVoice>(mouth).Session = session;
            return session;
        }

        private static T Get<T>(GameObject item) where T : Component
        {
            T found = item.GetComponent<T>();
            return found != null ? found : item.AddComponent<T>();
        }
    }
}
