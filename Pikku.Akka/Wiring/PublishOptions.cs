namespace Pikku.Akka;

/// <summary>How one event is published.</summary>
public readonly record struct PublishOptions
{
    /// <summary>The id of the channel that must not get the event, wherever it is connected; null for none.</summary>
    public string? Except { get; init; }

    /// <summary>True to send the payload alone; by default it is wrapped as <c>{"topic":…,"data":…}</c>.</summary>
    public bool Raw { get; init; }
}
