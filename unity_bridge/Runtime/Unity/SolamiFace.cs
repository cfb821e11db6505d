using System.Collections.Generic;
using Solami.Protocol;
using Unity.Profiling;
using UnityEngine;

namespace Solami
{
    /// <summary>Lip sync and blinking by the blend shapes of the avatar's meshes.</summary>
    [AddComponentMenu("Solami/Solami Face")]
    [DisallowMultipleComponent]
    [DefaultExecutionOrder(120)]
    public sealed class SolamiFace : MonoBehaviour
    {
        private const float BlinkS = 0.16f;
        private const float LeastChange = 0.5f;
        private static readonly ProfilerMarker FaceMarker = new ProfilerMarker("Solami.Face.Apply");

        [SerializeField] private SolamiSession session;
        [Range(0f, 100f)]
        [SerializeField] private float fullWeight = 100f;
        [SerializeField] private bool blinks = true;
        [Min(0.2f)]
        [SerializeField] private float shortestOpenS = 2f;
        [Min(0.2f)]
        [SerializeField] private float longestOpenS = 6f;

        private readonly List<FaceShapes> _meshes = new List<FaceShapes>();
        private readonly float[] _five = new float[5];
        private float _nextBlinkS;

        /// <summary>The conversation; found on this object or its parents when left empty.</summary>
        public SolamiSession Session
        {
            get { return session; }
            set { session = value; }
        }

        /// <summary>Whether any mesh has mouth shapes.</summary>
        public bool HasMouth
        {
            get { return _meshes.Exists(mesh => mesh.HasMouth); }
        }

        private void OnEnable()
        {
            session = session != null ? session : GetComponentInParent<SolamiSession>();
            _meshes.Clear();
            foreach (SkinnedMeshRenderer renderer in GetComponentsInChildren<SkinnedMeshRenderer>())
            {
                var shapes = new FaceShapes(renderer);
                if (shapes.HasMouth || shapes.BlinkCount > 0)
                {
                    _meshes.Add(shapes);
                }
            }
        }

        private void LateUpdate()
        {
            if (session == null || session.Client == null)
            {
                return;
            }
            using (FaceMarker.Auto())
            {
                float[] mouth = session.Client.Performer.Mouth;
                VisemeFormat.ToVrm(mouth, _five);
                float lids = blinks ? Lids(Time.time) : 0f;
                for (int i = 0; i < _meshes.Count; i++)
                {
                    Show(_meshes[i], mouth, lids);
                }
            }
        }

        private void Show(FaceShapes mesh, float[] mouth, float lids)
        {
            int[] shapes = mesh.HasFifteen ? mesh.Fifteen : mesh.Five;
            float[] weights = mesh.HasFifteen ? mouth : _five;
            for (int i = 0; i < shapes.Length; i++)
            {
                Set(mesh.Renderer, shapes[i], weights[i]);
            }
            for (int i = 0; i < mesh.BlinkCount; i++)
            {
                Set(mesh.Renderer, mesh.Blinks[i], lids);
            }
        }

        private void Set(SkinnedMeshRenderer mesh, int shape, float weight)
        {
            float value = weight * fullWeight;
            if (shape >= 0 && Mathf.Abs(mesh.GetBlendShapeWeight(shape) - value) > LeastChange)
            {
                mesh.SetBlendShapeWeight(shape, value);
            }
        }

        private float Lids(float nowS)
        {
            float into = nowS - _nextBlinkS;
            if (into > BlinkS)
            {
                _nextBlinkS = nowS + Random.Range(shortestOpenS, longestOpenS);
            }
            return into < 0f || into > BlinkS ? 0f : Mathf.Sin(Mathf.PI * into / BlinkS);
        }
    }
}
