using Solami.Protocol;
using Unity.Profiling;
using UnityEngine;

namespace Solami
{
    /// <summary>Whose body an avatar shows.</summary>
    public enum BodyShown
    {
        /// <summary>The character's.</summary>
        Character,

        /// <summary>
        /// The user's, as the server makes it of head and hands; the session must ask for the mirror.
        /// </summary>
        User,
    }

    /// <summary>
    /// Moves an avatar: any Humanoid Animator (VRM too), or a skeleton whose bones have VRM's or Unity's names. Put it
    /// on the avatar's root, which stands on the floor and faces the way the character faces.
    /// </summary>
    [AddComponentMenu("Solami/Solami Avatar")]
    [DisallowMultipleComponent]
    [DefaultExecutionOrder(100)]
    public sealed class SolamiAvatar : MonoBehaviour
    {
        private static readonly ProfilerMarker ApplyMarker = new ProfilerMarker("Solami.Avatar.Apply");
        private static readonly string[] FootBones = { "leftFoot", "rightFoot", "leftToes", "rightToes" };

        [SerializeField] private SolamiSession session;
        [Tooltip("The user's own body needs the session's Mirror; its root stands at the tracking space's origin.")]
        [SerializeField] private BodyShown shows = BodyShown.Character;
        [Tooltip("The character walks and turns through the scene; else it stays on its place.")]
        [SerializeField] private bool movesThroughScene = true;
        [Tooltip("Lifts the body where a foot would sink into the floor.")]
        [SerializeField] private bool fitsFloor = true;

        private readonly Transform[] _feet = new Transform[4];
        private readonly float[] _restHeightsM = new float[4];

        /// <summary>The conversation; found on this object or its parents when left empty.</summary>
        public SolamiSession Session
        {
            get { return session; }
            set { session = value; }
        }

        /// <summary>Whose body it shows.</summary>
        public BodyShown Shows
        {
            get { return shows; }
            set { shows = value; }
        }

        /// <summary>Whether it walks and turns through the scene; else it stays on its place.</summary>
        public bool MovesThroughScene
        {
            get { return movesThroughScene; }
            set { movesThroughScene = value; }
        }

        /// <summary>The bones.</summary>
        public BodyRig Rig { get; private set; }

        /// <summary>Poses that were put onto the bones since the start.</summary>
        public long Applied { get; private set; }

        /// <summary>
        /// Finds the bones again, after the model below was exchanged. Without a Humanoid Animator it must stand in its
        /// T-pose now.
        /// </summary>
        public void Rebuild()
        {
            Rig = RigBuilder.Build(transform);
            if (Rig.MissingRequired().Count > 0)
            {
                string names = string.Join(", ", Rig.MissingRequired().ToArray());
                Debug.LogWarning("Solami Avatar: bones are missing: " + names);
            }
            Rig.Apply(PoseFormat.Rest(), false);
            for (int i = 0; i < FootBones.Length; i++)
            {
                _feet[i] = Rig.Find(FootBones[i]);
                _restHeightsM[i] = _feet[i] == null ? 0f : _feet[i].position.y - transform.position.y;
            }
        }

        /// <summary>
        /// The bones are looked for once: enabled again, the avatar stands bent, and no longer as it rests.
        /// </summary>
        private void OnEnable()
        {
            session = session != null ? session : GetComponentInParent<SolamiSession>();
            if (Rig == null)
            {
                Rebuild();
            }
        }

        private void LateUpdate()
        {
            if (session == null || session.Client == null)
            {
                return;
            }
            using (ApplyMarker.Auto())
            {
                SolamiClient client = session.Client;
                Rig.Apply(shows == BodyShown.User ? client.Mirror.Pose : client.Performer.Pose, movesThroughScene);
                if (fitsFloor)
                {
                    FitFloor();
                }
                Applied++;
            }
        }

        /// <summary>No foot below where it rests on the floor: legs of other proportions would sink.</summary>
        private void FitFloor()
        {
            float sinkM = 0f;
            for (int i = 0; i < _feet.Length; i++)
            {
                if (_feet[i] != null)
                {
                    float height = _feet[i].position.y - transform.position.y;
                    sinkM = Mathf.Max(sinkM, SoleHeightM(i) - height);
                }
            }
            if (sinkM > 0f)
            {
                Rig[0].position += new Vector3(0f, sinkM, 0f);
            }
        }

        /// <summary>A toe may point down and a heel lift: half of a bone's rest height is left to either.</summary>
        private float SoleHeightM(int foot)
        {
            return 0.5f * _restHeightsM[foot];
        }
    }
}
