namespace Pikku.Akka.EventHub;

/// <summary>The transport of a node without a cluster. There are no other nodes, so it does nothing.</summary>
internal sealed class LocalHubTransport : IHubTransport
{
    public Task<string> Stopped { get; } = new TaskCompletionSource<string>().Task;

    public void Start(HubClient receiver) { }

    public void Publish(int lane, HubEvent hubEvent, PendingCall call) => call.Complete();
}
