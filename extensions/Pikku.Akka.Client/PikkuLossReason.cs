namespace Pikku.Akka.Clients;

/// <summary>The reason why the events that a subscription missed cannot be replayed.</summary>
public enum PikkuLossReason
{
    /// <summary>The server does not know the position of the client, for example because all of its nodes were restarted at once, or it gave another reason.</summary>
    Unknown,

    /// <summary>The server does not keep the events any more.</summary>
    Expired,

    /// <summary>There are more events than the server replays.</summary>
    Limit,

    /// <summary>The topic keeps no history, and the connection was lost.</summary>
    NoHistory,
}
