using UnityEngine;

namespace Solami
{
    /// <summary>Turns neck, head and eyes towards a target, on top of the generated motion and within limits.</summary>
    [AddComponentMenu("Solami/Solami Gaze")]
    [RequireComponent(typeof(SolamiAvatar))]
    [DefaultExecutionOrder(110)]
    public sealed class SolamiGaze : MonoBehaviour
    {
        [Tooltip("What is looked at; the main camera when left empty.")]
        [SerializeField] private Transform target;
        [Range(0f, 1f)]
        [SerializeField] private float strength = 0.6f;
        [Range(0f, 90f)]
        [SerializeField] private float mostYawDeg = 70f;
        [Range(0f, 90f)]
        [SerializeField] private float mostPitchDeg = 40f;
        [Range(0f, 45f)]
        [SerializeField] private float mostEyeDeg = 15f;
        [Min(0f)]
        [SerializeField] private float settleS = 0.25f;

        private SolamiAvatar _avatar;
        private float _yawDeg;
        private float _pitchDeg;
        private long _turnedPose;

        /// <summary>What is looked at.</summary>
        public Transform Target
        {
            get { return target; }
            set { target = value; }
        }

        /// <summary>How much of the way to the target is turned, 0 to 1.</summary>
        public float Strength
        {
            get { return strength; }
            set { strength = Mathf.Clamp(value, 0f, 1f); }
        }

        /// <summary>The turn that is added now: yaw and pitch in degrees.</summary>
        public Vector2 TurnDeg => new Vector2(_yawDeg, _pitchDeg);

        private void OnEnable()
        {
            _avatar = GetComponent<SolamiAvatar>();
        }

        private void LateUpdate()
        {
            Transform head = _avatar.Rig == null ? null : _avatar.Rig.Find("head");
            Transform seen = target != null ? target : Camera.main != null ? Camera.main.transform : null;
            bool isNewPose = _avatar.Applied != _turnedPose; // turned twice, the head would go round and round
            if (head == null || seen == null || !isNewPose)
            {
                return;
            }
            _turnedPose = _avatar.Applied;
            Vector3 wanted = Angles(head, seen.position);
            float share = 1f - Mathf.Exp(-Time.deltaTime / Mathf.Max(settleS, 0.001f));
            _yawDeg += (wanted.x - _yawDeg) * share;
            _pitchDeg += (wanted.y - _pitchDeg) * share;
            Turn(_avatar.Rig.Find("neck"), 0.4f);
            Turn(head, 0.6f);
            TurnEye(_avatar.Rig.Find("leftEye"), seen.position);
            TurnEye(_avatar.Rig.Find("rightEye"), seen.position);
        }

        /// <summary>Yaw and pitch that are missing between where the face points and the target; none behind.</summary>
        private Vector3 Angles(Transform head, Vector3 place)
        {
            Vector3 to = transform.InverseTransformDirection(place - head.position);
            float yaw = Mathf.Atan2(to.x, to.z) * Mathf.Rad2Deg;
            float pitch = -Mathf.Atan2(to.y, Mathf.Sqrt(to.x * to.x + to.z * to.z)) * Mathf.Rad2Deg;
            bool isBehind = Mathf.Abs(yaw) > 120f;
            float weight = isBehind ? 0f : strength;
            return new Vector3(
                weight * Mathf.Clamp(yaw, -mostYawDeg, mostYawDeg),
                weight * Mathf.Clamp(pitch, -mostPitchDeg, mostPitchDeg),
                0f);
        }

        private void Turn(Transform bone, float share)
        {
            if (bone == null)
            {
                return;
            }
            Quaternion turn = Quaternion.Euler(_pitchDeg * share, _yawDeg * share, 0f);
            Quaternion inScene = transform.rotation * turn * Quaternion.Inverse(transform.rotation);
            bone.rotation = inScene * bone.rotation;
        }

        private void TurnEye(Transform eye, Vector3 place)
        {
            if (eye == null)
            {
                return;
            }
            Vector3 to = transform.InverseTransformDirection(place - eye.position);
            float yaw = Mathf.Atan2(to.x, to.z) * Mathf.Rad2Deg - _yawDeg;
            float pitch = -Mathf.Atan2(to.y, Mathf.Max(0.01f, to.z)) * Mathf.Rad2Deg - _pitchDeg;
            float yawDeg = Mathf.Clamp(yaw, -mostEyeDeg, mostEyeDeg);
            float pitchDeg = Mathf.Clamp(pitch, -mostEyeDeg, mostEyeDeg);
            Quaternion turn = Quaternion.Euler(pitchDeg, yawDeg, 0f);
            eye.rotation = transform.rotation * turn * Quaternion.Inverse(transform.rotation) * eye.rotation;
        }
    }
}
