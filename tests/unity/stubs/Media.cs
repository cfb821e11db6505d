// Audio, animation, meshes and XR as far as the package uses them, written from Unity's public documentation.
using System;
using System.Collections.Generic;

namespace UnityEngine
{
    public sealed class AudioClip : Object
    {
        private float[] _data;

        public int samples { get; private set; }

        public int channels { get; private set; }

        public int frequency { get; private set; }

        public static AudioClip Create(string name, int lengthSamples, int channels, int frequency, bool stream)
        {
            var data = new float[lengthSamples * channels];
            return new AudioClip { name = name, samples = lengthSamples, channels = channels, frequency = frequency, _data = data };
        }

        public bool SetData(float[] data, int offsetSamples)
        {
            data.CopyTo(_data, offsetSamples * channels);
            return true;
        }

        // Assumed: reading wraps round at the end of the clip.
        public bool GetData(float[] data, int offsetSamples)
        {
            for (int i = 0; i < data.Length; i++)
            {
                data[i] = _data[(offsetSamples * channels + i) % _data.Length];
            }
            return true;
        }

        internal void Put(int at, float value) => _data[at % _data.Length] = value;

        internal float Get(long at) => _data[at % _data.Length];
    }

    public sealed class AudioSource : Behaviour
    {
        public AudioClip clip { get; set; }

        public bool loop { get; set; }

        public float spatialBlend { get; set; }

        public bool playOnAwake { get; set; }

        public bool isPlaying { get; private set; }

        public void Play() => isPlaying = true;

        public void Stop() => isPlaying = false;
    }

    public static class AudioSettings
    {
        public delegate void AudioConfigurationChangeHandler(bool deviceWasChanged);

        public static event AudioConfigurationChangeHandler OnAudioConfigurationChanged;

        public static int outputSampleRate { get; set; } = 48000;

        public static void GetDSPBufferSize(out int bufferLength, out int numBuffers)
        {
            bufferLength = 1024;
            numBuffers = 4;
        }

        // Not Unity's: the test plugs in headphones.
        public static void ChangeDevice() => OnAudioConfigurationChanged?.Invoke(true);
    }

    public static class Microphone
    {
        private static AudioClip _clip;
        private static long _recorded;

        public static string[] devices => new[] { "stub" };

        public static void GetDeviceCaps(string deviceName, out int minFreq, out int maxFreq)
        {
            minFreq = 44100;
            maxFreq = 48000;
        }

        public static AudioClip Start(string deviceName, bool loop, int lengthSec, int frequency)
        {
            _clip = AudioClip.Create("microphone", lengthSec * frequency, 1, frequency, false);
            _recorded = 0;
            return _clip;
        }

        public static int GetPosition(string deviceName) => _clip == null ? 0 : (int)(_recorded % _clip.samples);

        public static bool IsRecording(string deviceName) => _clip != null;

        public static void End(string deviceName) => _clip = null;

        // Not Unity's: what the test says into the microphone.
        public static void Record(Func<double, float> voice, double seconds)
        {
            for (int i = 0; _clip != null && i < (int)(seconds * _clip.frequency); i++, _recorded++)
            {
                _clip.Put((int)(_recorded % _clip.samples), voice((double)_recorded / _clip.frequency));
            }
        }
    }

    public sealed class Mesh : Object
    {
        private readonly string[] _shapes;

        public Mesh(params string[] shapes)
        {
            _shapes = shapes;
        }

        public int blendShapeCount => _shapes.Length;

        public string GetBlendShapeName(int shapeIndex) => _shapes[shapeIndex];
    }

    public class Renderer : Component
    {
    }

    public sealed class SkinnedMeshRenderer : Renderer
    {
        private readonly Dictionary<int, float> _weights = new Dictionary<int, float>();

        public Mesh sharedMesh { get; set; }

        public float GetBlendShapeWeight(int index) => _weights.ContainsKey(index) ? _weights[index] : 0f;

        public void SetBlendShapeWeight(int index, float value) => _weights[index] = value;
    }

    public struct SkeletonBone
    {
        public string name;
        public Vector3 position;
        public Quaternion rotation;
        public Vector3 scale;
    }

    public struct HumanDescription
    {
        public SkeletonBone[] skeleton;
    }

    public sealed class Avatar : Object
    {
        public HumanDescription humanDescription { get; set; }
    }

    public sealed class Animator : Behaviour
    {
        // Not Unity's: where the test says which bone is which.
        public readonly Dictionary<HumanBodyBones, Transform> Mapping = new Dictionary<HumanBodyBones, Transform>();

        public Avatar avatar { get; set; }

        public bool isHuman => avatar != null;

        public Transform GetBoneTransform(HumanBodyBones humanBoneId)
        {
            Transform found;
            return Mapping.TryGetValue(humanBoneId, out found) ? found : null;
        }
    }

    public enum HumanBodyBones
    {
        Hips,
        LeftUpperLeg,
        RightUpperLeg,
        LeftLowerLeg,
        RightLowerLeg,
        LeftFoot,
        RightFoot,
        Spine,
        Chest,
        Neck,
        Head,
        LeftShoulder,
        RightShoulder,
        LeftUpperArm,
        RightUpperArm,
        LeftLowerArm,
        RightLowerArm,
        LeftHand,
        RightHand,
        LeftToes,
        RightToes,
        LeftEye,
        RightEye,
        Jaw,
        LeftThumbProximal,
        LeftThumbIntermediate,
        LeftThumbDistal,
        LeftIndexProximal,
        LeftIndexIntermediate,
        LeftIndexDistal,
        LeftMiddleProximal,
        LeftMiddleIntermediate,
        LeftMiddleDistal,
        LeftRingProximal,
        LeftRingIntermediate,
        LeftRingDistal,
        LeftLittleProximal,
        LeftLittleIntermediate,
        LeftLittleDistal,
        RightThumbProximal,
        RightThumbIntermediate,
        RightThumbDistal,
        RightIndexProximal,
        RightIndexIntermediate,
        RightIndexDistal,
        RightMiddleProximal,
        RightMiddleIntermediate,
        RightMiddleDistal,
        RightRingProximal,
        RightRingIntermediate,
        RightRingDistal,
        RightLittleProximal,
        RightLittleIntermediate,
        RightLittleDistal,
        UpperChest,
        LastBone,
    }

    public enum UserAuthorization
    {
        WebCam = 1,
        Microphone = 2,
    }

    public class AsyncOperation
    {
    }

    public static class Application
    {
        public static bool HasUserAuthorization(UserAuthorization mode) => true;

        public static AsyncOperation RequestUserAuthorization(UserAuthorization mode) => new AsyncOperation();
    }
}

namespace UnityEngine.Android
{
    public struct Permission
    {
        public const string Microphone = "android.permission.RECORD_AUDIO";

        public static bool HasUserAuthorizedPermission(string permission) => true;

        public static void RequestUserPermission(string permission)
        {
        }
    }
}

namespace UnityEngine.XR
{
    public enum XRNode
    {
        LeftEye,
        RightEye,
        CenterEye,
        Head,
        LeftHand,
        RightHand,
        GameController,
        TrackingReference,
        HardwareTracker,
    }

    public struct XRNodeState
    {
        private Vector3 _position;
        private Quaternion _rotation;

        public XRNode nodeType { get; set; }

        public bool tracked { get; set; }

        public Vector3 position
        {
            set { _position = value; }
        }

        public Quaternion rotation
        {
            set { _rotation = value; }
        }

        public bool TryGetPosition(out Vector3 position)
        {
            position = _position;
            return true;
        }

        public bool TryGetRotation(out Quaternion rotation)
        {
            rotation = _rotation;
            return true;
        }
    }

    public static class InputTracking
    {
        // Not Unity's: what the test's headset reports.
        public static readonly List<XRNodeState> Nodes = new List<XRNodeState>();

        public static void GetNodeStates(List<XRNodeState> nodeStates)
        {
            nodeStates.Clear();
            nodeStates.AddRange(Nodes);
        }
    }

    [Flags]
    public enum TrackingOriginModeFlags
    {
        Unknown = 0,
        Device = 1,
        Floor = 2,
        TrackingReference = 4,
        Unbounded = 8,
    }

    public class XRInputSubsystem
    {
        // Not Unity's: whether the test's headset runs, and what it was told.
        public static bool IsRunning { get; set; }

        public static TrackingOriginModeFlags Origin { get; set; }

        public bool TrySetTrackingOriginMode(TrackingOriginModeFlags origin)
        {
            Origin = IsRunning ? origin : Origin;
            return IsRunning;
        }
    }
}

namespace UnityEngine
{
    public static class SubsystemManager
    {
        public static void GetSubsystems<T>(List<T> subsystems) where T : new()
        {
            subsystems.Clear();
            subsystems.Add(new T());
        }
    }
}
