using System;

namespace Solami.Protocol
{
    /// <summary>A message that breaks the protocol, with one of the error codes of docs/protocol.md.</summary>
    public sealed class ProtocolException : Exception
    {
        /// <summary>A breach named by its code.</summary>
        public ProtocolException(string code, string message) : base(message)
        {
            Code = code;
        }

        /// <summary>For example "truncated_frame".</summary>
        public string Code { get; }
    }
}
