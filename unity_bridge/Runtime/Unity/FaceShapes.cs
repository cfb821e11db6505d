using System;
using Solami.Protocol;
using UnityEngine;

namespace Solami
{
    /// <summary>
    /// Which blend shapes of a mesh are the mouth and the eyelids, found by the names that are in use.
    /// </summary>
    public sealed class FaceShapes
    {
        private static readonly string[] FifteenPrefixes = { "viseme_", "vrc.v_", "v_" };
        private static readonly string[][] FiveNames =
        {
            new[] { "aa", "a", "fcl_mth_a", "mouth_a", "mouthopen" },
            new[] { "ih", "i", "fcl_mth_i", "mouth_i" },
            new[] { "ou", "u", "fcl_mth_u", "mouth_u" },
            new[] { "ee", "e", "fcl_mth_e", "mouth_e" },
            new[] { "oh", "o", "fcl_mth_o", "mouth_o" },
        };

        private static readonly string[] BothLids = { "blink", "fcl_eye_close", "eyesclosed", "vrc.blink" };

        private static readonly string[] OneLid =
        {
            "blinkleft", "blinkright", "blink_l", "blink_r", "eyeblinkleft", "eyeblinkright", "eyeblink_l",
            "eyeblink_r",
        };

        private bool _hasBothLids;

        /// <summary>Looks through the blend shapes of a mesh.</summary>
        public FaceShapes(SkinnedMeshRenderer renderer)
        {
            Renderer = renderer;
            Mesh mesh = renderer.sharedMesh;
            int count = mesh == null ? 0 : mesh.blendShapeCount;
            Fill(Fifteen, -1);
            Fill(Five, -1);
            for (int i = 0; i < count; i++)
            {
                string name = mesh.GetBlendShapeName(i).ToLowerInvariant();
                Match(name, i);
                MatchLids(LastPart(name), i);
            }
        }

        /// <summary>The mesh.</summary>
        public SkinnedMeshRenderer Renderer { get; }

        /// <summary>Blend shape of each of the fifteen shapes, or -1.</summary>
        public int[] Fifteen { get; } = new int[VisemeFormat.Count];

        /// <summary>Blend shape of each of VRM's five shapes, or -1.</summary>
        public int[] Five { get; } = new int[5];

        /// <summary>Blend shapes that shut the eyes.</summary>
        public int[] Blinks { get; } = new int[2];

        /// <summary>How many of <see cref="Blinks"/> there are.</summary>
        public int BlinkCount { get; private set; }

        /// <summary>Whether the mesh has the fifteen shapes; else the five are used.</summary>
        public bool HasFifteen => Fifteen[10] >= 0 && Fifteen[1] >= 0;

        /// <summary>Whether the mesh has a mouth at all.</summary>
        public bool HasMouth => HasFifteen || Five[0] >= 0;

        private void Match(string name, int shape)
        {
            for (int i = 0; i < VisemeFormat.Count; i++)
            {
                foreach (string prefix in FifteenPrefixes)
                {
                    if (name.EndsWith(prefix + VisemeFormat.Names[i].ToLowerInvariant(), StringComparison.Ordinal))
                    {
                        Fifteen[i] = shape;
                        return;
                    }
                }
            }
            for (int i = 0; i < Five.Length; i++)
            {
                if (Five[i] < 0 && Array.IndexOf(FiveNames[i], LastPart(name)) >= 0)
                {
                    Five[i] = shape;
                }
            }
        }

        /// <summary>One shape for both eyes, or one for each: all three would shut them twice.</summary>
        private void MatchLids(string name, int shape)
        {
            if (!_hasBothLids && Array.IndexOf(BothLids, name) >= 0)
            {
                _hasBothLids = true;
                Blinks[0] = shape;
                BlinkCount = 1;
            }
            else if (!_hasBothLids && BlinkCount < Blinks.Length && Array.IndexOf(OneLid, name) >= 0)
            {
                Blinks[BlinkCount++] = shape;
            }
        }

        private static string LastPart(string name)
        {
            int dot = name.LastIndexOf('.');
            return name.StartsWith("vrc.", StringComparison.Ordinal) ? name : name.Substring(dot + 1);
        }

        private static void Fill(int[] values, int value)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = value;
            }
        }
    }
}
