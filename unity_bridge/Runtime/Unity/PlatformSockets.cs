using Solami.Protocol;

namespace Solami
{
    /// <summary>The sockets of the platform that the game runs on.</summary>
    public static class PlatformSockets
    {
        /// <summary>A factory: the browser's WebSocket in WebGL players, .NET's everywhere else.</summary>
        public static IWebSocketFactory Make()
        {
#if UNITY_WEBGL && !UNITY_EDITOR
            return new WebGlSocketFactory();
#else
            return new NativeWebSocketFactory();
#endif
        }
    }
}
