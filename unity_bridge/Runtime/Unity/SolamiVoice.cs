using Solami.Protocol;
using UnityEngine;

namespace Solami
{
    /// <summary>
    /// The character's voice through an AudioSource. The source plays a clip of ones, so that Unity spatialises it, and
    /// the voice is multiplied in as the audio thread asks for samples. In WebGL players, where Unity asks for none, it
    /// hands over to <see cref="WebGlVoice"/>.
    /// </summary>
    [AddComponentMenu("Solami/Solami Voice")]
    [RequireComponent(typeof(AudioSource))]
    [DisallowMultipleComponent]
    public sealed class SolamiVoice : MonoBehaviour
    {
        [SerializeField] private SolamiSession session;
        [Tooltip("What the device adds to Unity's own buffers: about 0 on desktops, 20 to 60 on headsets.")]
        [Min(0f)]
        [SerializeField] private float extraLatencyMs;

        private double _bufferS;

        /// <summary>The conversation; found on this object or its parents when left empty.</summary>
        public SolamiSession Session
        {
            get { return session; }
            set { session = value; }
        }

        /// <summary>What the device adds to Unity's own buffers, in milliseconds; takes effect at once.</summary>
        public float ExtraLatencyMs
        {
            get { return extraLatencyMs; }
            set { extraLatencyMs = value; }
        }

        /// <summary>From the audio callback to the ear, in seconds, as assumed.</summary>
        public double OutputLatencyS => _bufferS + extraLatencyMs / 1000.0;

#if UNITY_WEBGL && !UNITY_EDITOR
        private WebGlVoice _web;

        private void OnEnable()
        {
            session = session != null ? session : GetComponentInParent<SolamiSession>();
            _bufferS = 0;
            _web = GetComponent<WebGlVoice>();
            _web = _web != null ? _web : gameObject.AddComponent<WebGlVoice>();
            _web.Session = session;
            _web.enabled = true;
        }

        private void OnDisable()
        {
            _web.enabled = false;
        }

        private void Update()
        {
            _web.ExtraLatencyS = OutputLatencyS;
        }
#else
        private const int LargestBlock = 8192;
        private readonly float[] _mono = new float[LargestBlock];
        private AudioSource _source;
        private AudioClip _carrier;
        private int _rateHz;
        private double _toldS;
        private volatile Performer _performer;

        private void OnEnable()
        {
            session = session != null ? session : GetComponentInParent<SolamiSession>();
            _rateHz = AudioSettings.outputSampleRate;
            int blockSamples;
            int blocks;
            AudioSettings.GetDSPBufferSize(out blockSamples, out blocks);
            _bufferS = (double)blockSamples * blocks / _rateHz;
            _source = GetComponent<AudioSource>();
            _carrier = AudioClip.Create("Solami carrier", _rateHz, 1, _rateHz, false);
            _carrier.SetData(Ones(_rateHz), 0);
            _source.clip = _carrier;
            _source.loop = true;
            _source.Play();
            AudioSettings.OnAudioConfigurationChanged += OnDeviceChanged;
        }

        private void OnDisable()
        {
            AudioSettings.OnAudioConfigurationChanged -= OnDeviceChanged;
            _performer = null;
            _source.Stop();
            _source.clip = null;
            Destroy(_carrier);
        }

        /// <summary>Another device, with another rate perhaps; Unity has stopped all sources.</summary>
        private void OnDeviceChanged(bool deviceWasChanged)
        {
            OnDisable();
            OnEnable();
        }

        private void Update()
        {
            Performer performer = session != null && session.Client != null ? session.Client.Performer : null;
            double latencyS = OutputLatencyS;
            if (performer != null && (performer != _performer || latencyS != _toldS))
            {
                performer.Audio.OutputLatencyS = _toldS = latencyS;
            }
            _performer = performer;
        }

        private void OnAudioFilterRead(float[] data, int channels)
        {
            Performer performer = _performer;
            int count = data.Length / channels;
            if (performer == null || count > LargestBlock)
            {
                System.Array.Clear(data, 0, data.Length);
                return;
            }
            performer.ReadAudio(_mono, count, _rateHz, SolamiClock.NowS);
            for (int i = 0; i < count; i++)
            {
                for (int channel = 0; channel < channels; channel++)
                {
                    data[i * channels + channel] *= _mono[i];
                }
            }
        }

        private static float[] Ones(int count)
        {
            var ones = new float[count];
            for (int i = 0; i < count; i++)
            {
                ones[i] = 1f;
            }
            return ones;
        }
#endif
    }
}
