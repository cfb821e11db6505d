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
        private const double LeastTurnRad = 0.35;

        [SerializeField] private SolamiSession session;
        [Tooltip("Where the character stands; the body of the Solami Avatar here when left empty.")]
        [SerializeField] private Transform character;
        [Tooltip("The user; the main camera when left empty.")]
        [SerializeField] private Transform user;

        private SolamiAvatar _avatar;
        private PlacementSettings _now = new PlacementSettings();
        private PlacementSettings _sent = new PlacementSettings();
        private SolamiClient _sentTo;
        private double _nextS;

        /// <summary>The conversation; found on this object or its parents when left empty.</summary>
        public SolamiSession Session
        {
            get { return session; }
            set { session = value; }
        }

        /// <summary>The user; the main camera when null.</summary>
        public Transform User
        {
            get { return user; }
            set { user = value; }
        }

        /// <summary>
        /// Where somebody stands who faces that way, seen from a character that stands and faces so: bearing 0 ahead,
        /// positive to its left; facing 0 looks at it. Heights and slopes count for nothing.
        /// </summary>
        public static PlacementSettings Seen(Vector3 place, Vector3 facing, Vector3 otherPlace, Vector3 otherFacing)
        {
            var seen = new PlacementSettings();
            See(seen, place, facing, otherPlace, otherFacing);
            return seen;
        }

        private static void See(
            PlacementSettings seen, Vector3 place, Vector3 facing, Vector3 otherPlace, Vector3 otherFacing)
        {
            Vector3 to = otherPlace - place;
            seen.DistanceM = Mathf.Sqrt(to.x * to.x + to.z * to.z);
            seen.BearingRad = LeftTurn(facing, to);
            seen.FacingRad = -LeftTurn(otherFacing, place - otherPlace);
        }

        /// <summary>How far to the left of one direction another one points, seen from above, in radians.</summary>
        private static float LeftTurn(Vector3 from, Vector3 to)
        {
            return Mathf.Atan2(from.x * to.z - from.z * to.x, from.x * to.x + from.z * to.z);
        }

        private static bool HasMoved(PlacementSettings sent, PlacementSettings now)
        {
            double stepM = now.DistanceM * TurnOf(now.BearingRad - sent.BearingRad);
            return System.Math.Abs(now.DistanceM - sent.DistanceM) > LeastMoveM || stepM > LeastMoveM
                || TurnOf(now.FacingRad - sent.FacingRad) > LeastTurnRad;
        }

        private static double TurnOf(double rad)
        {
            return System.Math.Abs(System.Math.IEEERemainder(rad, 2 * System.Math.PI));
        }

        private void OnEnable()
        {
            session = session != null ? session : GetComponentInParent<SolamiSession>();
            _avatar = GetComponentInParent<SolamiAvatar>();
            _sentTo = null;
        }

        private void Update()
        {
            Transform seen = user != null ? user : Camera.main != null ? Camera.main.transform : null;
            if (seen == null || session == null || !session.IsReady || SolamiClock.NowS < _nextS)
            {
                return;
            }
            _nextS = SolamiClock.NowS + SpacingS;
            SeeFromBody(seen);
            if (session.Client != _sentTo || HasMoved(_sent, _now))
            {
                session.Client.Place(_now);
                _sentTo = session.Client;
                PlacementSettings free = _sent;
                _sent = _now;
                _now = free;
            }
        }

        /// <summary>Seen from the hips, which walk away from the avatar's root where the character moves.</summary>
        private void SeeFromBody(Transform seen)
        {
            Transform hips = _avatar == null || _avatar.Rig == null ? null : _avatar.Rig.Find("hips");
            if (character != null || hips == null)
            {
                Transform from = character != null ? character : transform;
                See(_now, from.position, from.forward, seen.position, seen.forward);
                return;
            }
            Vector3 facing = _avatar.Rig.FacingOf(session.Client.Performer.Pose);
            See(_now, hips.position, facing, seen.position, seen.forward);
        }
    }
}
