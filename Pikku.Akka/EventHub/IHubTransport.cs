namespace Pikku.Akka.EventHub;

/// <summary>Carries events between the hub of this node and those of the other nodes: a port of the hub.</summary>
internal interface IHubTransport
{
    /// <summary>Completes with the name of a part of the transport that has stopped for good: events would be lost from then on.</summary>
    Task<string> Stopped { get; }

    /// <summary>Starts it. Called once, before the first event is published.</summary>
    /// <param name="receiver">Gets the events of other nodes, <see cref="HubClient.DeliverRemote"/>.</param>
    void Start(HubClient receiver);

    /// <summary>Takes an event of this node for all other nodes. Called by one lane of the hub at a time, in the order of its topics.</summary>
    /// <param name="lane">The lane of the hub. The order of its events is kept.</param>
    /// <param name="hubEvent">The event.</param>
    /// <param name="call">Completed when the publisher need not wait any longer: at once, or, if the transport is behind, when it has taken the event.</param>
    void Publish(int lane, HubEvent hubEvent, PendingCall call);
}
