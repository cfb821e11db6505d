using UnityEditor;
using UnityEditor.SceneManagement;
using UnityEngine;

namespace Solami.Editor
{
    /// <summary>Builds the sample scenes; there is no scene file to import.</summary>
    public static class SampleScenes
    {
        private const string ServerUrl = "ws://127.0.0.1:8800";

        /// <summary>
        /// A scene with a camera, a floor and the selected avatar, for mouse, keyboard and microphone.
        /// </summary>
        [MenuItem("Solami/Samples/Desktop scene with the selected avatar")]
        public static void Desktop()
        {
            GameObject avatar = SelectedAvatar();
            if (avatar != null)
            {
                NewScene();
                GameObject copy = Place(avatar);
                SolamiSession session = CharacterBuilder.AddTo(copy, ServerUrl, string.Empty);
                copy.AddComponent<DesktopControls>().Session = session;
            }
        }

        /// <summary>The same with the user's head and hands sent from XR nodes.</summary>
        [MenuItem("Solami/Samples/XR scene with the selected avatar")]
        public static void Xr()
        {
            GameObject avatar = SelectedAvatar();
            if (avatar != null)
            {
                NewScene();
                GameObject copy = Place(avatar);
                SolamiSession session = CharacterBuilder.AddTo(copy, ServerUrl, string.Empty);
                session.TurnMode = TurnMode.Open;
                session.UserMotion = Solami.Protocol.UserMotionSource.ThreePoints;
                session.UserMotionFps = 60;
                var user = new GameObject("User");
                user.AddComponent<SolamiTrackers>().Session = session;
                Camera.main.transform.SetParent(user.transform, false);
                user.AddComponent<XrHead>().Head = Camera.main.transform;
                user.transform.position = new Vector3(0f, 0f, 1.6f);
                user.transform.rotation = Quaternion.Euler(0f, 180f, 0f);
                copy.AddComponent<DesktopControls>().Session = session;
            }
        }

        private static GameObject SelectedAvatar()
        {
            GameObject avatar = Selection.activeGameObject;
            if (avatar != null && EditorUtility.IsPersistent(avatar))
            {
                return EditorSceneManager.SaveCurrentModifiedScenesIfUserWantsTo() ? avatar : null;
            }
            EditorUtility.DisplayDialog(
                "Solami", "Select an avatar in the Project window first: a prefab, VRM or GLB.", "OK");
            return null;
        }

        private static void NewScene()
        {
            EditorSceneManager.NewScene(NewSceneSetup.DefaultGameObjects, NewSceneMode.Single);
            GameObject.CreatePrimitive(PrimitiveType.Plane).name = "Floor";
        }

        private static GameObject Place(GameObject avatar)
        {
            GameObject copy = Object.Instantiate(avatar);
            copy.name = avatar.name;
            copy.transform.position = Vector3.zero;
            copy.transform.rotation = Quaternion.identity;
            Camera camera = Camera.main;
            camera.transform.position = new Vector3(0f, 1.5f, 1.6f);
            camera.transform.rotation = Quaternion.Euler(5f, 180f, 0f);
            return copy;
        }
    }
}
