using System;
using System.Collections.Generic;
using Solami.Protocol;

namespace Solami.Live
{
    /// <summary>Runs the compiled components against a real server: live.exe conversation|clicks URL.</summary>
    public static class LiveRun
    {
        /// <summary>Exit status 0: all figures are as they must be.</summary>
        public static int Main(string[] args)
        {
            var failures = new List<string>();
            var stage = new Stage(args[1], args[0] == "clicks" ? UserMotionSource.None : UserMotionSource.ThreePoints);
            try
            {
                Play(args[0], stage, failures);
            }
            catch (TimeoutException error)
            {
                failures.Add(error.Message);
            }
            finally
            {
                stage.Leave();
            }
            foreach (string failure in failures)
            {
                Console.WriteLine("  FAILED: " + failure);
            }
            return failures.Count == 0 ? 0 : 1;
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
