using System.Collections.Generic;
using UnityEngine;
using UnityEngine.XR;

namespace Solami
{
    /// <summary>Moves a camera with the headset, for the sample: projects with an XR rig of their own need it not.</summary>
    [AddComponentMenu("Solami/Solami XR Head")]
    public sealed class XrHead : MonoBehaviour
    {
        [SerializeField] private Transform head;

        private readonly List<XRNodeState> _states = new List<XRNodeState>(16);

        /// <summary>What follows the headset.</summary>
        public Transform Head
        {
            set { head = value; }
        }

        private void Update()
        {
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
    }
}
