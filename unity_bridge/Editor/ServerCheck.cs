using System;
using System.Collections.Generic;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Newtonsoft.Json.Linq;
using Solami.Protocol;
using UnityEditor;

namespace Solami.Editor
{
    /// <summary>
    /// Asks a server for its personas and opens one session, to see whether address and key are right. It asks through
    /// .NET: Unity's own web requests refuse plain http unless the project allows it.
    /// </summary>
    public sealed class ServerCheck
    {
        private const double PatienceS = 12;
        private Task<string> _list;
        private bool _hasList;
        private SolamiClient _client;
        private double _startedS;

        /// <summary>What was found out so far, one sentence each.</summary>
        public List<string> Lines { get; } = new List<string>();

        /// <summary>Names of the server's personas.</summary>
        public List<string> Personas { get; } = new List<string>();

        /// <summary>Whether the server answered and took the key.</summary>
        public bool HasPassed { get; private set; }

        /// <summary>Whether answers are awaited.</summary>
        public bool IsRunning { get; private set; }

        /// <summary>The address of the persona list for a server's socket address.</summary>
        public static string PersonaUrl(string serverUrl)
        {
            bool isSocket = serverUrl.StartsWith("ws", StringComparison.Ordinal);
            string http = isSocket ? "http" + serverUrl.Substring(2) : serverUrl;
            return http.TrimEnd('/') + "/v1/personas";
        }

        /// <summary>Starts; the editor's own update carries it on.</summary>
        public void Begin(string serverUrl, string apiKey)
        {
            End();
            Lines.Clear();
            Personas.Clear();
            HasPassed = _hasList = false;
            IsRunning = true;
            _startedS = SolamiClock.NowS;
            var options = new ConnectionOptions { ServerUrl = serverUrl, ApiKey = apiKey, Reconnects = false };
            var settings = new SessionSettings { IdleMotion = false };
            _client = new SolamiClient(options, settings, new NativeWebSocketFactory());
            _client.Connection.Problem += Lines.Add;
            _client.Connection.StateChanged += OnState;
            EditorApplication.update += Update;
            _client.Open(_startedS);
            bool isAddress = _client.Connection.State != ConnectionState.Refused;
            _list = isAddress
                ? Task.Run(() => FetchAsync(PersonaUrl(serverUrl)))
                : Task.FromCanceled<string>(new CancellationToken(true));
        }

        /// <summary>Stops waiting.</summary>
        public void End()
        {
            if (!IsRunning)
            {
                return;
            }
            IsRunning = false;
            EditorApplication.update -= Update;
            _client.Connection.StateChanged -= OnState;
            _client.Close();
        }

        /// <summary>Names out of the answer to GET /v1/personas.</summary>
        public static List<string> ReadPersonas(string json)
        {
            var names = new List<string>();
            foreach (JToken persona in (JArray)JObject.Parse(json)["data"])
            {
                names.Add((string)persona["name"]);
            }
            return names;
        }

        private void Update()
        {
            double nowS = SolamiClock.NowS;
            _client.Update(nowS);
            if (!_hasList && _list.Status == TaskStatus.RanToCompletion)
            {
                _hasList = true;
                Personas.AddRange(ReadPersonas(_list.Result));
                Lines.Add(Personas.Count + " personas.");
            }
            bool isOver = HasPassed && _list.IsCompleted;
            ConnectionState state = _client.Connection.State;
            bool hasFailed = state == ConnectionState.Closed || state == ConnectionState.Refused;
            if (isOver || hasFailed || nowS - _startedS > PatienceS)
            {
                if (_list.IsFaulted)
                {
                    Lines.Add("The list of personas did not come: " + _list.Exception.GetBaseException().Message);
                }
                Lines.Add(HasPassed ? "The server is ready." : "The server cannot be used from here.");
                End();
            }
        }

        // Under Mono one check in four runs lost this request on loopback, cause unknown;
        // a second failure is the server's.
        private static async Task<string> FetchAsync(string url)
        {
            try
            {
                return await FetchOnceAsync(url).ConfigureAwait(false);
            }
            catch (WebException)
            {
                return await FetchOnceAsync(url).ConfigureAwait(false);
            }
        }

        private static async Task<string> FetchOnceAsync(string url)
        {
            using (var client = new WebClient())
            {
                return await client.DownloadStringTaskAsync(url).ConfigureAwait(false);
            }
        }

        private void OnState(ConnectionState state)
        {
            if (state == ConnectionState.Ready)
            {
                HasPassed = true;
                Lines.Add("A session was opened: address and key are right.");
            }
        }
    }
}
