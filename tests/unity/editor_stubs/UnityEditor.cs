// What the package's editor windows need of UnityEditor, written from Unity's public documentation.
using System;
using UnityEngine;

namespace UnityEditor
{
    public class EditorWindow : ScriptableObject
    {
        public static T GetWindow<T>(string title) where T : EditorWindow => default(T);

        public void Repaint()
        {
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    public sealed class MenuItem : Attribute
    {
        public MenuItem(string itemName)
        {
        }
    }

    public enum MessageType
    {
        None,
        Info,
        Warning,
        Error,
    }

    public static class EditorStyles
    {
        public static GUIStyle boldLabel => new GUIStyle();
    }

    public static class EditorGUILayout
    {
        public static void LabelField(string label, GUIStyle style, params GUILayoutOption[] options)
        {
        }

        public static void LabelField(string label, string label2, params GUILayoutOption[] options)
        {
        }

        public static void Space()
        {
        }

        public static void HelpBox(string message, MessageType type)
        {
        }

        public static string TextField(string label, string text, params GUILayoutOption[] options) => text;

        public static string PasswordField(string label, string password, params GUILayoutOption[] options) => password;

        public static bool Toggle(string label, bool value, params GUILayoutOption[] options) => value;

        public static int Popup(string label, int selectedIndex, string[] displayedOptions, params GUILayoutOption[] options)
        {
            return selectedIndex;
        }

        public static UnityEngine.Object ObjectField(
            string label, UnityEngine.Object obj, Type objType, bool allowSceneObjects, params GUILayoutOption[] options)
        {
            return obj;
        }
    }

    public static class EditorApplication
    {
        public delegate void CallbackFunction();

        public static CallbackFunction update;
    }

    public static class EditorUtility
    {
        public static void SetDirty(UnityEngine.Object target)
        {
        }

        public static bool IsPersistent(UnityEngine.Object target) => true;

        public static bool DisplayDialog(string title, string message, string ok) => true;
    }

    public static class Undo
    {
        public static void RegisterFullObjectHierarchyUndo(UnityEngine.Object objectToUndo, string name)
        {
        }
    }

    public static class Selection
    {
        public static GameObject activeGameObject { get; set; }
    }
}

namespace UnityEditor.SceneManagement
{
    public enum NewSceneSetup
    {
        EmptyScene,
        DefaultGameObjects,
    }

    public enum NewSceneMode
    {
        Single,
        Additive,
    }

    public static class EditorSceneManager
    {
        public static UnityEngine.SceneManagement.Scene NewScene(NewSceneSetup setup, NewSceneMode mode)
        {
            Camera.main = new GameObject("Main Camera").AddComponent<Camera>();
            return default(UnityEngine.SceneManagement.Scene);
        }

        public static bool SaveCurrentModifiedScenesIfUserWantsTo() => true;
    }
}

namespace UnityEngine.SceneManagement
{
    public struct Scene
    {
    }
}
