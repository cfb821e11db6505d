using System.Collections.Generic;
using UnityEngine;
using UnityEngine.XR;

namespace Solami
{
    /// <summary>
    /// Moves a camera with the headset and puts the tracking space onto the floor, for the sample: projects with an XR
    /// rig of their own need it not.
    /// </summary>
    [AddComponentMenu("Solami/Solami XR Head")]
    public sealed class XrHead : MonoBehaviour
    {
        [SerializeField] private Transform head;

        private readonly List<XRNodeState> _states = new List<XRNodeState>(16);
        private readonly List<XRInputSubsystem> _subsystems = new List<XRInputSubsystem>();
        private bool _isOnFloor;

        /// <summary>What follows the headset.</summary>
        public Transform Head
        {
            get { return head; }
            set { head = value; }
        }

        private void Update()
        {
            if (!_isOnFloor)
            {
                StandOnFloor();
            }
            InputTracking.GetNodeStates(_states);
            for (int i = 0; i < _states.Count; i++)
            {
                XRNodeState state = _states[i];
                Vector3 position;
                Quaternion rotation;
                if (state.nodeType == XRNode.CenterEye && state.TryGetPosition(out position)
                    && state.TryGetRotation(out rotation))
                {
                    head.localPosition = position;
                    head.localRotation = rotation;
                }
            }
        }

        /// <summary>Tried until the headset takes it: it may start later than the scene.</summary>
        private void StandOnFloor()
        {
            SubsystemManager.GetSubsystems(_subsystems);
            for (int i = 0; i < _subsystems.Count; i++)
            {
                _isOnFloor |= _subsystems[i].TrySetTrackingOriginMode(TrackingOriginModeFlags.Floor);
            }
        }
    }
}
