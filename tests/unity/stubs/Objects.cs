// What the package needs of UnityEngine's objects, written from Unity's public documentation.
using System;
using System.Collections.Generic;

namespace UnityEngine
{
    public class Object
    {
        private bool _isDestroyed;

        public string name { get; set; }

        public static T Instantiate<T>(T original) where T : Object => original;

        public static void Destroy(Object obj) => obj._isDestroyed = true;

        public static void DestroyImmediate(Object obj) => obj._isDestroyed = true;

        public static T FindAnyObjectByType<T>() where T : Object
        {
            foreach (GameObject item in GameObject.All)
            {
                T found = item.GetComponent(typeof(T)) as T;
                if (found != null)
                {
                    return found;
                }
            }
            return null;
        }

        // A destroyed object equals null, as in Unity.
        public static bool operator ==(Object a, Object b)
        {
            bool isNullA = ReferenceEquals(a, null) || a._isDestroyed;
            bool isNullB = ReferenceEquals(b, null) || b._isDestroyed;
            return isNullA || isNullB ? isNullA && isNullB : ReferenceEquals(a, b);
        }

        public static bool operator !=(Object a, Object b) => !(a == b);

        public override bool Equals(object other) => ReferenceEquals(this, other);

        public override int GetHashCode() => base.GetHashCode();
    }

    public class ScriptableObject : Object
    {
    }

    public class Component : Object
    {
        public GameObject gameObject { get; internal set; }

        public Transform transform => gameObject.transform;

        public T GetComponent<T>() => gameObject.GetComponent<T>();

        public T GetComponentInParent<T>()
        {
            for (Transform at = transform; at != null; at = at.parent)
            {
                T found = at.gameObject.GetComponent<T>();
                if (found != null)
                {
                    return found;
                }
            }
            return default(T);
        }

        public T GetComponentInChildren<T>()
        {
            T[] all = GetComponentsInChildren<T>();
            return all.Length > 0 ? all[0] : default(T);
        }

        public T[] GetComponentsInChildren<T>()
        {
            var found = new List<T>();
            transform.Collect(found);
            return found.ToArray();
        }
    }

    public class Behaviour : Component
    {
        public bool enabled { get; set; } = true;

        public bool isActiveAndEnabled => enabled && gameObject.activeInHierarchy;
    }

    public class MonoBehaviour : Behaviour
    {
    }

    public enum PrimitiveType
    {
        Sphere,
        Capsule,
        Cylinder,
        Cube,
        Plane,
        Quad,
    }

    public sealed class GameObject : Object
    {
        internal static readonly List<GameObject> All = new List<GameObject>();
        internal readonly List<Component> Components = new List<Component>();
        private bool _isActive = true;

        public GameObject(string name)
        {
            this.name = name;
            transform = new Transform { gameObject = this, name = name };
            Components.Add(transform);
            All.Add(this);
        }

        public Transform transform { get; }

        public bool activeInHierarchy => _isActive && (transform.parent == null || transform.parent.gameObject.activeInHierarchy);

        public void SetActive(bool value) => _isActive = value;

        public static GameObject CreatePrimitive(PrimitiveType type) => new GameObject(type.ToString());

        public T AddComponent<T>() where T : Component => (T)AddComponent(typeof(T));

        public Component AddComponent(Type componentType)
        {
            foreach (RequireComponent needed in componentType.GetCustomAttributes(typeof(RequireComponent), true))
            {
                if (GetComponent(needed.Needed) == null)
                {
                    AddComponent(needed.Needed);
                }
            }
            var made = (Component)Activator.CreateInstance(componentType);
            made.gameObject = this;
            made.name = name;
            Components.Add(made);
            return made;
        }

        public T GetComponent<T>() => (T)(object)GetComponent(typeof(T));

        public T GetComponentInChildren<T>() => transform.GetComponentInChildren<T>();

        public T[] GetComponentsInChildren<T>() => transform.GetComponentsInChildren<T>();

        internal Component GetComponent(Type type)
        {
            return Components.Find(component => type.IsInstanceOfType(component));
        }
    }

    public sealed class Transform : Component
    {
        private readonly List<Transform> _children = new List<Transform>();

        public Transform parent { get; private set; }

        public Vector3 localPosition { get; set; }

        public Quaternion localRotation { get; set; } = Quaternion.identity;

        public Vector3 localScale { get; set; } = Vector3.one;

        public int childCount => _children.Count;

        public Vector3 position
        {
            get { return parent == null ? localPosition : parent.position + parent.rotation * localPosition; }
            set
            {
                localPosition = parent == null ? value : Quaternion.Inverse(parent.rotation) * (value - parent.position);
            }
        }

        public Quaternion rotation
        {
            get { return parent == null ? localRotation : parent.rotation * localRotation; }
            set { localRotation = parent == null ? value : Quaternion.Inverse(parent.rotation) * value; }
        }

        public Vector3 forward => rotation * Vector3.forward;

        public Transform GetChild(int index) => _children[index];

        public void SetParent(Transform p, bool worldPositionStays)
        {
            parent = p;
            p._children.Add(this);
        }

        public Vector3 InverseTransformPoint(Vector3 place) => Quaternion.Inverse(rotation) * (place - position);

        public Vector3 InverseTransformDirection(Vector3 direction) => Quaternion.Inverse(rotation) * direction;

        internal void Collect<T>(List<T> found)
        {
            foreach (Component component in gameObject.Components)
            {
                if (component is T wanted)
                {
                    found.Add(wanted);
                }
            }
            foreach (Transform child in _children)
            {
                child.Collect(found);
            }
        }
    }

    public sealed class Camera : Behaviour
    {
        public static Camera main { get; set; }
    }

    public static class Debug
    {
        public static readonly List<string> Warnings = new List<string>();

        public static void Log(object message) => Console.Error.WriteLine(message);

        public static void LogWarning(object message) => Warnings.Add(message.ToString());
    }

    public static class Time
    {
        public static float time { get; set; }

        public static float deltaTime { get; set; }
    }
}
