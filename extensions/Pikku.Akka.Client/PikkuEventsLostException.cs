namespace Pikku.Akka.Clients;

/// <summary>A subscription has missed events that cannot be replayed. Load the state that the events change, then go on with the events that follow.</summary>
public sealed class PikkuEventsLostException(string topic, PikkuLossReason reason) : Exception($"Events of {topic} were lost: {Describe(reason)}.")
{
    /// <summary>The name of the topic.</summary>
    public string Topic { get; } = topic;

    /// <summary>The reason why the events cannot be replayed.</summary>
    public PikkuLossReason Reason { get; } = reason;

    private static string Describe(PikkuLossReason reason) => reason switch
    {
        PikkuLossReason.Expired => "the server does not keep them any more",
        PikkuLossReason.Limit => "there are more than the server replays",
        PikkuLossReason.NoHistory => "the connection was lost, and the topic keeps no history",
        _ => "the server does not know the position of the client",
    };
}
