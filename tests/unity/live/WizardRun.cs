using System;
using System.Collections.Generic;
using System.Threading;
using Solami.Editor;
using UnityEditor;

namespace Solami.Live
{
    /// <summary>The wizard's test of a server, as its window runs it.</summary>
    internal static class WizardRun
    {
        private const int MostLooks = 3000;

        public static void Play(string url, List<string> failures)
        {
            ServerCheck right = Check(url);
            Console.WriteLine("  the wizard: " + string.Join(" ", right.Lines.ToArray()));
            if (!right.HasPassed || right.Personas.Count == 0)
            {
                failures.Add("the wizard does not find the server fit for use");
            }
            ServerCheck wrong = Check(url.Replace("ws://", "http://"));
            if (wrong.HasPassed || !wrong.Lines[0].Contains("ws://"))
            {
                failures.Add("the wizard does not say what is wrong with an address: " + wrong.Lines[0]);
            }
        }

        private static ServerCheck Check(string url)
        {
            var check = new ServerCheck();
            check.Begin(url, string.Empty);
            for (int i = 0; i < MostLooks && check.IsRunning; i++)
            {
                EditorApplication.update?.Invoke();
                Thread.Sleep(10);
            }
            return check;
        }
    }
}
