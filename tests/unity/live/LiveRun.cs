using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Solami.Protocol;

namespace Solami.Live
{
    /// <summary>Runs the compiled components against a real server: live.exe wizard|conversation|clicks URL.</summary>
    public static class LiveRun
    {
        /// <summary>Exit status 0: all figures are as they must be.</summary>
        public static int Main(string[] args)
        {
            var failures = new List<string>();
            if (args[0] == "wizard")
            {
                WizardRun.Play(args[1], failures);
            }
            else
            {
                PlayOnStage(args[0], args[1], failures);
            }
            foreach (string failure in failures)
            {
                Console.WriteLine("  FAILED: " + failure);
            }
            Console.Out.Flush();
            Leave(failures.Count == 0 ? 0 : 1);
            return 1;
        }

        /// <summary>Ends the process at once: Mono's own way out aborts its timer thread, now and then in the middle of a sort,
        /// and calls that a crash.</summary>
        [DllImport("libc", EntryPoint = "_exit")]
        private static extern void Leave(int status);

        private static void PlayOnStage(string what, string url, List<string> failures)
        {
            var stage = new Stage(url, what == "clicks" ? UserMotionSource.None : UserMotionSource.ThreePoints);
            try
            {
                Play(what, stage, failures);
            }
            catch (TimeoutException error)
            {
                failures.Add(error.Message);
            }
            finally
            {
                stage.Leave();
            }
        }

        private static void Play(string what, Stage stage, List<string> failures)
        {
            if (what == "clicks")
            {
                var clicks = new ClickWatch(stage, failures);
                clicks.Play();
                clicks.Report();
                return;
            }
            var conversation = new Conversation(stage, failures);
            conversation.Play();
            conversation.Report();
        }
    }
}
