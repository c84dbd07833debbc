namespace Pikku.Akka.Clients;

/// <summary>The reason why the client asks for a token.</summary>
public enum PikkuTokenReason
{
    /// <summary>A connection is opened.</summary>
    Connect,

    /// <summary>The session of an open connection is about to expire.</summary>
    Expiring,

    /// <summary>The server did not accept the last token.</summary>
    Refused,
}
