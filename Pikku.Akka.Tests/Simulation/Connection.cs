namespace Pikku.Akka.Tests.Simulation;

/// <summary>One connection of a client to a node. Its messages arrive in order.</summary>
internal sealed class Connection(SimulatedCluster cluster, SimulatedClient client, SimulatedNode node, Random random)
{
    private long _lastArrival;

    public SimulatedClient Client => client;

    public SimulatedNode Node => node;

    public bool IsAlive { get; private set; } = true;

    /// <summary>The outbox is full until this time, and drops events.</summary>
    public long FullUntil { get; set; }

    public void Close() => IsAlive = false;

    /// <param name="content">The event.</param>
    /// <param name="isCurrent">False to send only its number.</param>
    public void SendEvent(SimulatedEvent content, bool isCurrent)
    {
        var hasData = isCurrent && content.Except != client.Id;
        Send(receiver => receiver.OnEvent(content, hasData));
    }

    /// <summary>Sends a message to the client.</summary>
    public void Send(Action<SimulatedClient> receive)
    {
        _lastArrival = Math.Max(_lastArrival, cluster.Scheduler.Now + Scheduler.Milliseconds(random.Uniform(.01, .3))) + 1;
        cluster.Scheduler.At(_lastArrival, () =>
        {
            if (IsAlive && client.Connection == this)
                receive(client);
        });
    }
}
