using System;
using Solami.Protocol;
using Unity.Profiling;
using UnityEngine;

namespace Solami
{
    /// <summary>How well a bone of the user is known.</summary>
    public enum JointOrigin
    {
        /// <summary>There is no such bone: it rests.</summary>
        Missing,

        /// <summary>The tracking system makes it up, as headsets do with legs.</summary>
        Inferred,

        /// <summary>It is tracked.</summary>
        Measured,
    }

    /// <summary>
    /// Sends the user's whole body from a rig that a tracking SDK moves. The rig must stand in its T-pose when the
    /// component is enabled, or when <see cref="Calibrate"/> is called. The session must ask for a full body.
    /// </summary>
    [AddComponentMenu("Solami/Solami Body Source")]
    [DisallowMultipleComponent]
    [DefaultExecutionOrder(50)]
    public sealed class SolamiBodySource : MonoBehaviour
    {
        private const double SpacingS = 1.0 / 30;
        private const double MostLagS = 0.3;
        private static readonly ProfilerMarker SendMarker = new ProfilerMarker("Solami.BodySource.Send");

        [SerializeField] private SolamiSession session;
        [Tooltip("The root of the tracked skeleton, on the floor; this object when left empty.")]
        [SerializeField] private Transform root;
        [Tooltip("The bones have the names of an 84-joint body tracking skeleton; else VRM's or Unity's.")]
        [SerializeField] private bool isFullBodyTracking;
        [Tooltip("The legs are made up by the tracking system.")]
        [SerializeField] private bool legsAreInferred = true;

        private readonly float[] _pose = PoseFormat.Rest();
        private BodyRig _rig;
        private double _nextS;

        /// <summary>The conversation; found on this object or its parents when left empty.</summary>
        public SolamiSession Session
        {
            get { return session; }
            set { session = value; }
        }

        /// <summary>The tracked skeleton and whether it has the names of an 84-joint one.</summary>
        public void Use(Transform skeletonRoot, bool hasTrackingNames)
        {
            root = skeletonRoot;
            isFullBodyTracking = hasTrackingNames;
            Calibrate();
        }

        /// <summary>Takes how the rig stands now for its T-pose.</summary>
        public void Calibrate()
        {
            Transform skeleton = root != null ? root : transform;
            _rig = isFullBodyTracking
                ? RigBuilder.FromNames(skeleton, RigNames.FullBodyTracking())
                : RigBuilder.Build(skeleton);
        }

        /// <summary>How well a bone is known.</summary>
        public JointOrigin OriginOf(int bone)
        {
            if (_rig == null || _rig[bone] == null)
            {
                return JointOrigin.Missing;
            }
            string name = Bones.Names[bone];
            bool isLeg = name.EndsWith("Leg", StringComparison.Ordinal)
                || name.EndsWith("Foot", StringComparison.Ordinal)
                || name.EndsWith("Toes", StringComparison.Ordinal);
            return isLeg && legsAreInferred ? JointOrigin.Inferred : JointOrigin.Measured;
        }

        private void OnEnable()
        {
            session = session != null ? session : GetComponentInParent<SolamiSession>();
            Calibrate();
            _nextS = SolamiClock.NowS;
        }

        private void LateUpdate()
        {
            bool isWanted = session != null && session.IsReady && session.UserMotion == UserMotionSource.FullBody;
            double nowS = SolamiClock.NowS;
            if (!isWanted || nowS - _nextS > MostLagS)
            {
                _nextS = nowS;
            }
            if (!isWanted || nowS < _nextS)
            {
                return;
            }
            using (SendMarker.Auto())
            {
                _rig.Read(_pose);
                for (; nowS >= _nextS; _nextS += SpacingS)
                {
                    session.Client.User.SendMotion(_pose, PoseFormat.Floats);
                }
            }
        }
    }
}
