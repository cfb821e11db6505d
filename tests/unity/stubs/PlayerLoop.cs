using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;

namespace UnityEngine.Stubs
{
    /// <summary>
    /// Calls the messages of MonoBehaviours in Unity's order, and the audio callback as a sound card would, all in
    /// simulated time. Not part of Unity.
    /// </summary>
    public sealed class PlayerLoop
    {
        private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        private readonly List<Script> _scripts = new List<Script>();
        private readonly float[] _block = new float[2 * BlockSamples];
        private long _blocks;

        /// <summary>Frames of one audio callback.</summary>
        public const int BlockSamples = 1024;

        /// <summary>Seconds since the loop began.</summary>
        public double NowS { get; private set; }

        /// <summary>What the loudspeaker was given, left channel; sample n is heard at n / rate plus the latency.</summary>
        public Action<float[], int> Heard { get; set; }

        /// <summary>Gives an object's scripts to the loop; they are enabled now.</summary>
        public void Add(GameObject item)
        {
            foreach (Component component in item.Components.ToList())
            {
                if (component is MonoBehaviour script && _scripts.All(known => known.Target != script))
                {
                    var entry = new Script(script);
                    _scripts.Add(entry);
                    entry.Awake?.Invoke();
                    entry.OnApplicationPause?.Invoke(false);
                    entry.OnEnable?.Invoke();
                }
            }
            _scripts.Sort((a, b) => a.Order.CompareTo(b.Order));
        }

        /// <summary>One frame of the game.</summary>
        public void Step(double seconds)
        {
            NowS += seconds;
            Time.time = (float)NowS;
            Time.deltaTime = (float)seconds;
            PlayAudio();
            for (int i = 0; i < _scripts.Count; i++)
            {
                if (_scripts[i].Target.enabled)
                {
                    _scripts[i].FirstUpdate();
                    _scripts[i].Update?.Invoke();
                }
            }
            for (int i = 0; i < _scripts.Count; i++)
            {
                if (_scripts[i].Target.enabled)
                {
                    _scripts[i].LateUpdate?.Invoke();
                }
            }
        }

        /// <summary>The app goes out of sight, or comes back.</summary>
        public void Pause(bool isPaused)
        {
            foreach (Script script in _scripts)
            {
                script.OnApplicationPause?.Invoke(isPaused);
            }
        }

        /// <summary>Disables a script and enables it again.</summary>
        public void Toggle(MonoBehaviour target)
        {
            Script script = _scripts.Find(known => known.Target == target);
            script.OnDisable?.Invoke();
            script.OnEnable?.Invoke();
        }

        /// <summary>Disables all scripts.</summary>
        public void Quit()
        {
            foreach (Script script in _scripts)
            {
                script.OnDisable?.Invoke();
                script.OnDestroy?.Invoke();
            }
            _scripts.Clear();
        }

        private void PlayAudio()
        {
            while ((double)_blocks * BlockSamples / AudioSettings.outputSampleRate <= NowS)
            {
                for (int i = 0; i < _scripts.Count; i++)
                {
                    Fill(_scripts[i]);
                }
                _blocks++;
            }
        }

        private void Fill(Script script)
        {
            if (script.OnAudioFilterRead == null)
            {
                return;
            }
            AudioSource source = script.Source;
            for (int i = 0; i < BlockSamples; i++)
            {
                bool isPlaying = source != null && source.isPlaying && source.clip != null;
                float value = isPlaying ? source.clip.Get(_blocks * BlockSamples + i) : 0f;
                _block[2 * i] = _block[2 * i + 1] = value;
            }
            script.OnAudioFilterRead(_block, 2);
            Heard?.Invoke(_block, 2);
        }

        private sealed class Script
        {
            private bool _hasStarted;
            private readonly Action _start;

            public Script(MonoBehaviour target)
            {
                Target = target;
                Source = target.GetComponent<AudioSource>();
                Type type = target.GetType();
                var order = (DefaultExecutionOrder)Attribute.GetCustomAttribute(type, typeof(DefaultExecutionOrder));
                Order = order == null ? 0 : order.order;
                Awake = Find("Awake");
                OnEnable = Find("OnEnable");
                OnDisable = Find("OnDisable");
                OnDestroy = Find("OnDestroy");
                _start = Find("Start");
                Update = Find("Update");
                LateUpdate = Find("LateUpdate");
                MethodInfo pause = type.GetMethod("OnApplicationPause", Any);
                if (pause != null)
                {
                    OnApplicationPause = (Action<bool>)Delegate.CreateDelegate(typeof(Action<bool>), target, pause);
                }
                MethodInfo filter = type.GetMethod("OnAudioFilterRead", Any);
                if (filter != null)
                {
                    OnAudioFilterRead = (Action<float[], int>)Delegate.CreateDelegate(
                        typeof(Action<float[], int>), target, filter);
                }
            }

            public MonoBehaviour Target { get; }

            public AudioSource Source { get; }

            public int Order { get; }

            public Action Awake { get; }

            public Action OnEnable { get; }

            public Action OnDisable { get; }

            public Action OnDestroy { get; }

            public Action Update { get; }

            public Action LateUpdate { get; }

            public Action<float[], int> OnAudioFilterRead { get; }

            public Action<bool> OnApplicationPause { get; }

            public void FirstUpdate()
            {
                if (!_hasStarted)
                {
                    _hasStarted = true;
                    _start?.Invoke();
                }
            }

            private Action Find(string name)
            {
                MethodInfo method = Target.GetType().GetMethod(name, Any, null, Type.EmptyTypes, null);
                return method == null ? null : (Action)Delegate.CreateDelegate(typeof(Action), Target, method);
            }
        }
    }
}
