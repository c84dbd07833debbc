namespace Pikku.Akka.Protocol;

/// <summary>The actions of the protocol. They are values of <see cref="RemoteProtocol.Key"/> on every channel.</summary>
internal static class ReservedActions
{
    /// <summary>Applications may not use names that begin with this.</summary>
    public const string Prefix = "pikku-";

    /// <summary>Renews the session of the connection (Q3).</summary>
    public const string Auth = "pikku-auth";

    /// <summary>Asks for a sign of life (S1).</summary>
    public const string Ping = "pikku-ping";

    /// <summary>The answer to <see cref="Ping"/>.</summary>
    public const string Pong = "pikku-pong";

    /// <summary>Cancels a message or a stream (R3).</summary>
    public const string Cancel = "pikku-cancel";

    /// <summary>Tells that the server has ended a subscription (Q1).</summary>
    public const string Unsubscribed = "pikku-unsubscribed";
}
