namespace Pikku.Akka;

/// <summary>Options for publishing one event.</summary>
public readonly record struct PublishOptions
{
    /// <summary>The id of the connection that must not receive the event, on any node; null for none.</summary>
    public string? ExceptChannelId { get; init; }

    /// <summary>True to send the payload without an envelope; by default it is sent as <c>{"topic":…,"data":…}</c>.</summary>
    public bool PayloadOnly { get; init; }

    /// <summary>When the publish completes.</summary>
    public EventDurability Durability { get; init; }
}
