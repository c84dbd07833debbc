namespace Pikku.Akka.Testing;

/// <summary>The messages of a WebSocket of a scenario.</summary>
internal sealed class SocketInbox(PikkuTestConnection connection) : IScenarioInbox
{
    public Task<PikkuTestMessage> TakeAsync(string wanted) => connection.NextAsync(wanted);

    public ValueTask<PikkuTestMessage?> TryTakeAsync() => new(connection.TryTake());

    public PikkuExpectationException Failed(string wanted, PikkuTestMessage received) => connection.Failed(wanted, $"{received}");
}
