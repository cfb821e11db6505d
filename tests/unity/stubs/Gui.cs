// Immediate-mode interface as far as the package uses it, written from Unity's public documentation.
namespace UnityEngine
{
    public struct Rect
    {
        public Rect(float x, float y, float width, float height)
        {
        }
    }

    public enum EventType
    {
        MouseDown = 0,
        MouseUp = 1,
        Repaint = 7,
        Layout = 8,
    }

    public sealed class Event
    {
        public static Event current { get; } = new Event();

        public EventType type { get; set; }
    }

    public sealed class GUIStyle
    {
    }

    public class GUILayoutOption
    {
    }

    public static class GUILayout
    {
        public static void BeginArea(Rect screenRect)
        {
        }

        public static void EndArea()
        {
        }

        public static void Label(string text, params GUILayoutOption[] options)
        {
        }

        public static bool Button(string text, params GUILayoutOption[] options) => false;

        public static bool RepeatButton(string text, params GUILayoutOption[] options) => false;

        public static string TextField(string text, params GUILayoutOption[] options) => text;
    }
}
