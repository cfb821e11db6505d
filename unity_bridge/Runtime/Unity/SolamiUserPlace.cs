using Solami.Protocol;
using UnityEngine;

namespace Solami
{
    /// <summary>Tells the server where the user stands, so that the character can face and approach.</summary>
    [AddComponentMenu("Solami/Solami User Place")]
    [DisallowMultipleComponent]
    public sealed class SolamiUserPlace : MonoBehaviour
    {
        private const double SpacingS = 1.0;
        private const float LeastMoveM = 0.2f;

        [SerializeField] private SolamiSession session;
        [Tooltip("The character's hips or root; this object when left empty.")]
        [SerializeField] private Transform character;
        [Tooltip("The user; the main camera when left empty.")]
        [SerializeField] private Transform user;

        private Vector3 _sent = new Vector3(float.MaxValue, 0f, 0f);
        private double _nextS;

        /// <summary>The conversation; found on this object or its parents when left empty.</summary>
        public SolamiSession Session
        {
            get { return session; }
            set { session = value; }
        }

        /// <summary>Where somebody stands, seen from the character: bearing 0 ahead, positive to its left.</summary>
        public static PlacementSettings Seen(Transform from, Transform other)
        {
            Vector3 to = from.InverseTransformDirection(other.position - from.position);
            Vector3 back = other.InverseTransformDirection(from.position - other.position);
            return new PlacementSettings
            {
                DistanceM = Mathf.Sqrt(to.x * to.x + to.z * to.z),
                BearingRad = Mathf.Atan2(-to.x, to.z),
                FacingRad = Mathf.Atan2(back.x, back.z),
            };
        }

        private void OnEnable()
        {
            session = session != null ? session : GetComponentInParent<SolamiSession>();
        }

        private void Update()
        {
            Transform seen = user != null ? user : Camera.main != null ? Camera.main.transform : null;
            if (seen == null || session == null || !session.IsReady || SolamiClock.NowS < _nextS)
            {
                return;
            }
            Transform from = character != null ? character : transform;
            Vector3 place = seen.position - from.position;
            if ((place - _sent).magnitude > LeastMoveM)
            {
                session.Client.Place(Seen(from, seen));
                _sent = place;
                _nextS = SolamiClock.NowS + SpacingS;
            }
        }
    }
}
