#if !UNITY_WEBGL || UNITY_EDITOR
using UnityEngine;

namespace Solami
{
    /// <summary>
    /// Unity's Microphone as a stream. Devices that cannot record at the rate asked for record at their own; it is
    /// converted by straight lines between samples.
    /// </summary>
    public sealed class UnityMicrophone : IMicrophoneInput
    {
        private const int AskEvery = 30;
        private readonly float[] _raw = new float[8192];
        private AudioClip _clip;
        private string _device;
        private int _bufferS;
        private int _rateHz;
        private double _read;
        private int _looks;
        private bool _isAsking;
        private bool _hasAsked;

        /// <inheritdoc/>
        public bool IsRunning => _clip != null;

        /// <inheritdoc/>
        public void Start(string device, int rateHz, int bufferS)
        {
            _device = string.IsNullOrEmpty(device) ? null : device;
            _rateHz = rateHz;
            _bufferS = bufferS;
            _isAsking = !MicrophonePermission.IsGranted;
            if (!_isAsking)
            {
                Begin();
            }
            else if (!_hasAsked)
            {
                _hasAsked = true; // the system's question pauses the app: without this it would be put again and again
                MicrophonePermission.Ask();
            }
        }

        /// <inheritdoc/>
        public bool TryRead(float[] samples)
        {
            if (!IsThere())
            {
                return false;
            }
            double step = (double)_clip.frequency / _rateHz;
            int needed = Mathf.CeilToInt((float)(samples.Length * step)) + 1;
            int length = _clip.samples;
            int available = (Microphone.GetPosition(_device) - (int)_read + length) % length;
            int channels = _clip.channels;
            if (available < needed || needed * channels > _raw.Length)
            {
                return false;
            }
            _clip.GetData(_raw, (int)_read);
            double into = _read - (int)_read;
            for (int i = 0; i < samples.Length; i++)
            {
                double at = into + i * step;
                int whole = (int)at;
                float left = _raw[channels * whole];
                samples[i] = left + (float)(at - whole) * (_raw[channels * (whole + 1)] - left);
            }
            _read = (_read + samples.Length * step) % length;
            return true;
        }

        /// <inheritdoc/>
        public void Skip()
        {
            if (IsThere())
            {
                _read = Microphone.GetPosition(_device);
            }
        }

        /// <inheritdoc/>
        public void Stop()
        {
            if (_clip != null)
            {
                Microphone.End(_device);
                _clip = null;
            }
            _isAsking = false;
        }

        private bool IsThere()
        {
            bool isTime = _isAsking && _looks++ % AskEvery == 0; // Android answers through Java, which makes garbage
            if (isTime && MicrophonePermission.IsGranted)
            {
                _isAsking = false;
                Begin();
            }
            return _clip != null;
        }

        private void Begin()
        {
            int least;
            int most;
            Microphone.GetDeviceCaps(_device, out least, out most);
            bool isAnyRate = least == 0 && most == 0;
            int rateHz = isAnyRate ? _rateHz : Mathf.Clamp(_rateHz, least, most);
            _clip = Microphone.Start(_device, true, _bufferS, rateHz);
            _read = 0;
            if (_clip == null)
            {
                Debug.LogWarning("Solami Microphone: the microphone does not start; is another program using it?");
            }
        }
    }
}
#endif
