namespace Pikku.Akka.EventHub;

/// <summary>Transfers events between the hub of this node and the hubs of other nodes. A port of the hub.</summary>
internal interface IHubTransport
{
    /// <summary>Completes with the name of a component of the transport that has stopped permanently, after which events would be lost.</summary>
    Task<string> Stopped { get; }

    /// <summary>Starts the transport. Called once, before the first event is published.</summary>
    /// <param name="receiver">Receives the events of other nodes, <see cref="HubClient.DeliverRemote"/>.</param>
    void Start(HubClient receiver);

    /// <summary>Sends an event of this node to all other nodes. Each lane of the hub calls it in the order of its events; different lanes call it in parallel.</summary>
    /// <param name="lane">The lane of the hub. The transport keeps the order of the events of a lane.</param>
    /// <param name="hubEvent">The event.</param>
    /// <param name="call">Completed at once, or, if the transport has a backlog, when the transport has accepted the event.</param>
    void Publish(int lane, HubEvent hubEvent, PendingCall call);
}
