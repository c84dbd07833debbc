using Pikku.Akka.EventHub;

namespace Pikku.Akka.Nodes;

/// <summary>What one node tells another. Written by <see cref="NodeSerializer"/>.</summary>
internal abstract record NodeMessage
{
    /// <summary>The number of the request, for its answer; 0 when none is wanted.</summary>
    public long Request { get; init; }

    /// <summary>Send a message to a connection of yours; the topic is the id of its channel.</summary>
    public sealed record Deliver(HubEvent Message) : NodeMessage;

    /// <summary>Close a connection of yours.</summary>
    public sealed record CloseChannel(string ChannelId, CloseCode Code, string Reason) : NodeMessage;

    /// <summary>Subscribe a connection of yours, or end that.</summary>
    public sealed record ChangeSubscription(string Topic, string ChannelId, bool Subscribe) : NodeMessage;

    /// <summary>Let a connection of yours join a place, or leave it when <paramref name="About"/> is null.</summary>
    public sealed record ChangePresence(string Place, string ChannelId, string? About) : NodeMessage;

    /// <summary>End the sessions of a user on your connections, and the connections as well if so.</summary>
    public sealed record EndSessions(string UserId, bool Close) : NodeMessage;

    /// <summary>Tell how you are.</summary>
    public sealed record GetReport : NodeMessage;

    /// <summary>The answer to a request.</summary>
    /// <param name="Error">Why it was refused; null when it was done.</param>
    /// <param name="Text">What was asked for, or more about the error.</param>
    public sealed record Answer(EventHubError? Error, string Text) : NodeMessage;
}
