namespace Pikku.Akka.Protocol;

/// <summary>The values of <c>action</c> that belong to calls of the server to the client, whatever a channel is wired to.</summary>
internal enum ReservedAction : byte
{
    None,

    /// <summary><c>pikku-rpc-request</c>: only the server sends it; from a client it is an action that does not exist.</summary>
    RemoteRequest,

    /// <summary><c>pikku-rpc-response</c></summary>
    RemoteResponse,

    /// <summary><c>pikku-rpc-pending</c></summary>
    RemotePending,
}
