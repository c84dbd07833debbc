namespace Pikku.Akka;

/// <summary>Why a call of a function of the client brought no answer.</summary>
public enum ChannelRpcError
{
    /// <summary>None came within <c>pikku.remote.timeout</c>.</summary>
    Timeout,

    /// <summary>The client answered with an error.</summary>
    Remote,

    /// <summary>The connection has gone.</summary>
    Closed,

    /// <summary>The answer is not of the type that was asked for, or the argument can't be serialised.</summary>
    Invalid,
}
