using System.Collections.Generic;
using NUnit.Framework;
using Solami.Editor;
using Solami.Protocol;
using UnityEditor;
using UnityEngine;
using UnityEngine.Stubs;

namespace Solami.Tests
{
    /// <summary>What the wizard says about avatars and servers, and what it builds.</summary>
    [TestFixture]
    public class EditorTests
    {
        [Test]
        public void AnAvatarWithoutArmsOrMouthIsToldSo()
        {
            var avatar = new GameObject("avatar");
            Scenes.Skeleton(avatar.transform, Scenes.NoTurn, new List<string> { "leftHand", "leftIndexProximal" });
            List<AvatarCheck.Finding> findings = AvatarCheck.Run(avatar);
            Assert.IsTrue(findings.Exists(f => !f.IsFine && f.Text.Contains("leftHand")));
            Assert.IsTrue(findings.Exists(f => !f.IsFine && f.Text.Contains("No mouth shapes")));
            Assert.IsTrue(findings.Exists(f => f.IsFine && f.Text.Contains("0.95 m")));
        }

        [Test]
        public void AnAvatarWithEverythingPasses()
        {
            var avatar = new GameObject("avatar");
            Scenes.Skeleton(avatar.transform, Scenes.SomeTurn, null);
            CharacterBuilder.AddTo(avatar, "ws://somewhere:1", "mira");
            var renderer = avatar.AddComponent<SkinnedMeshRenderer>();
            renderer.sharedMesh = new Mesh("viseme_sil", "viseme_PP", "viseme_aa", "blink");
            foreach (AvatarCheck.Finding finding in AvatarCheck.Run(avatar))
            {
                Assert.IsTrue(finding.IsFine, finding.Text);
            }
        }

        [TestCase("ws://127.0.0.1:8800", "http://127.0.0.1:8800/v1/personas")]
        [TestCase("wss://host/", "https://host/v1/personas")]
        public void ThePersonaListIsOnTheSamePort(string server, string list)
        {
            Assert.AreEqual(list, ServerCheck.PersonaUrl(server));
        }

        [Test]
        public void PersonasAreReadFromTheServersAnswer()
        {
            List<string> names = ServerCheck.ReadPersonas("{\"data\":[{\"name\":\"ada\"},{\"name\":\"tom\"}]}");
            Assert.That(names, Is.EqualTo(new[] { "ada", "tom" }));
        }

        [Test]
        public void TheSampleScenesHaveAllThatTheyNeed()
        {
            Camera.main = null;
            Selection.activeGameObject = new GameObject("avatar");
            Scenes.Skeleton(Selection.activeGameObject.transform, Scenes.NoTurn, null);
            SampleScenes.Xr();
            var session = Selection.activeGameObject.GetComponent<SolamiSession>();
            Assert.AreEqual(UserMotionSource.ThreePoints, session.UserMotion);
            Assert.IsNotNull(Selection.activeGameObject.GetComponent<DesktopControls>());
            Assert.IsNotNull(Selection.activeGameObject.GetComponentInChildren<SolamiVoice>());
            Assert.IsNotNull(Camera.main.transform.parent.gameObject.GetComponent<SolamiTrackers>());
        }

        [Test]
        public void AnotherAudioDeviceLeavesTheVoiceRunning()
        {
            var character = new GameObject("character");
            var loop = new PlayerLoop();
            character.AddComponent<SolamiSession>().ConnectOnEnable = false;
            character.AddComponent<SolamiVoice>();
            loop.Add(character);
            character.GetComponent<AudioSource>().Stop();
            AudioSettings.ChangeDevice();
            Assert.IsTrue(character.GetComponent<AudioSource>().isPlaying);
            loop.Quit();
            AudioSettings.ChangeDevice();
            Assert.IsFalse(character.GetComponent<AudioSource>().isPlaying, "nothing listens any more");
        }
    }
}
