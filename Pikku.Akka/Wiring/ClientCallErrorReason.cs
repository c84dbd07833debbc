namespace Pikku.Akka;

/// <summary>The reason why a call of a client function failed.</summary>
public enum ClientCallErrorReason
{
    /// <summary>The client did not answer within <c>pikku.remote.timeout</c>.</summary>
    Timeout,

    /// <summary>The client answered with an error.</summary>
    Remote,

    /// <summary>The connection was closed, or there is no such connection.</summary>
    Closed,

    /// <summary>The client does not expose the function.</summary>
    NotExposed,

    /// <summary>The answer is not of the requested type, or the argument can't be serialized.</summary>
    Invalid,
}
