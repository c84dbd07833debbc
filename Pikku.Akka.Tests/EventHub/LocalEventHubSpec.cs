namespace Pikku.Akka.Tests.EventHub;

/// <summary>The hub of a single node.</summary>
public sealed class LocalEventHubSpec : EventHubContract
{
    internal override async Task<IReadOnlyList<HubNode>> StartNodesAsync()
    {
        var node = new HubNode(Sys);
        await node.Client.Opened;
        return [node];
    }
}
