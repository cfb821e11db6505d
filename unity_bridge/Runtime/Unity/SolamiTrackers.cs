using System.Collections.Generic;
using Solami.Protocol;
using Unity.Profiling;
using UnityEngine;
using UnityEngine.XR;

namespace Solami
{
    /// <summary>
    /// Sends the user's head and hands: from XR nodes, or from transforms. The server makes the whole body from them.
    /// The session must ask for three points.
    /// </summary>
    [AddComponentMenu("Solami/Solami Trackers")]
    [DisallowMultipleComponent]
    [DefaultExecutionOrder(50)]
    public sealed class SolamiTrackers : MonoBehaviour
    {
        private const int MostSamples = 8;
        private static readonly ProfilerMarker SendMarker = new ProfilerMarker("Solami.Trackers.Send");

        [SerializeField] private SolamiSession session;
        [Tooltip("Instead of XR nodes; seen from the origin below.")]
        [SerializeField] private Transform head;
        [SerializeField] private Transform leftHand;
        [SerializeField] private Transform rightHand;
        [Tooltip("The floor of the tracking space; this object when left empty.")]
        [SerializeField] private Transform origin;

        private readonly List<XRNodeState> _states = new List<XRNodeState>(16);
        private readonly float[] _samples = new float[MostSamples * TrackerFormat.Floats];
        private readonly float[] _sample = new float[TrackerFormat.Floats];
        private readonly float[] _position = new float[3];
        private readonly float[] _rotation = new float[4];
        private int _count;
        private double _nextS;

        /// <summary>The conversation; found on this object or its parents when left empty.</summary>
        public SolamiSession Session
        {
            get { return session; }
            set { session = value; }
        }

        /// <summary>Uses transforms instead of XR nodes; null where there is none.</summary>
        public void UseTransforms(Transform space, Transform headTransform, Transform left, Transform right)
        {
            origin = space;
            head = headTransform;
            leftHand = left;
            rightHand = right;
        }

        private void OnEnable()
        {
            session = session != null ? session : GetComponentInParent<SolamiSession>();
            _nextS = SolamiClock.NowS;
        }

        private void Update()
        {
            bool isWanted = session != null && session.IsReady && session.UserMotion == UserMotionSource.ThreePoints;
            double nowS = SolamiClock.NowS;
            if (!isWanted)
            {
                _nextS = nowS;
                _count = 0;
                return;
            }
            using (SendMarker.Auto())
            {
                Sample(nowS);
            }
        }

        /// <summary>
        /// As many samples as are due, so that their number follows the rate whatever the frame rate is.
        /// </summary>
        private void Sample(double nowS)
        {
            double spacingS = 1.0 / session.UserMotionFps;
            if (nowS - _nextS > MostSamples * spacingS)
            {
                _nextS = nowS;
            }
            if (nowS >= _nextS)
            {
                Read();
            }
            for (; nowS >= _nextS; _nextS += spacingS)
            {
                System.Array.Copy(_sample, 0, _samples, _count * TrackerFormat.Floats, TrackerFormat.Floats);
                _count++;
                if (_count == MostSamples)
                {
                    Flush();
                }
            }
            if (_count >= 2)
            {
                Flush();
            }
        }

        private void Flush()
        {
            session.Client.User.SendMotion(_samples, _count * TrackerFormat.Floats);
            _count = 0;
        }

        private void Read()
        {
            if (head != null || leftHand != null || rightHand != null)
            {
                SetTransform(0, head);
                SetTransform(1, leftHand);
                SetTransform(2, rightHand);
                return;
            }
            InputTracking.GetNodeStates(_states);
            if (!SetNode(0, XRNode.CenterEye))
            {
                SetNode(0, XRNode.Head);
            }
            SetNode(1, XRNode.LeftHand);
            SetNode(2, XRNode.RightHand);
        }

        private void SetTransform(int tracker, Transform source)
        {
            Transform space = origin != null ? origin : transform;
            bool isTracked = source != null && source.gameObject.activeInHierarchy;
            Vector3 position = isTracked ? space.InverseTransformPoint(source.position) : Vector3.zero;
            Quaternion rotation = isTracked
                ? Quaternion.Inverse(space.rotation) * source.rotation
                : Quaternion.identity;
            Set(tracker, position, rotation, isTracked);
        }

        private bool SetNode(int tracker, XRNode node)
        {
            for (int i = 0; i < _states.Count; i++)
            {
                Vector3 position;
                Quaternion rotation;
                XRNodeState state = _states[i];
                if (state.nodeType == node && state.tracked
                    && state.TryGetPosition(out position) && state.TryGetRotation(out rotation))
                {
                    Set(tracker, position, rotation, true);
                    return true;
                }
            }
            Set(tracker, Vector3.zero, Quaternion.identity, false);
            return false;
        }

        private void Set(int tracker, Vector3 position, Quaternion rotation, bool isTracked)
        {
            UnityAxes.Write(position, _position, 0);
            UnityAxes.Write(rotation, _rotation, 0);
            TrackerFormat.Set(_sample, tracker, _position, _rotation, isTracked);
        }
    }
}
