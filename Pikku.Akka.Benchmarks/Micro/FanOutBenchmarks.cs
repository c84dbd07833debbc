using BenchmarkDotNet.Attributes;
using Pikku.Akka.Dispatch;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>One event into the outboxes of 1,000 connections, and out of them again; the figures are for one delivery.</summary>
public class FanOutBenchmarks
{
    private const int Connections = 1_000;

    private readonly MicroClient[] _clients = new MicroClient[Connections];
    private readonly ManualResetEventSlim _done = new();
    private int _left;
    private MicroNode _node = null!;
    private HubEvent _event = null!;

    [GlobalSetup]
    public void Setup()
    {
        _node = MicroNode.Start();
        for (var i = 0; i < Connections; i++)
        {
            _clients[i] = _node.Connect($"c{i}");
            _clients[i].Took = Took;
        }

        var message = EncodedMessage.Copy(MessageKind.Text, Messages.Echo(64));
        _event = new HubEvent("news", message.Memory, message);
    }

    [GlobalCleanup]
    public void Cleanup() => _node.Dispose();

    [Benchmark(OperationsPerInvoke = Connections)]
    public void Deliver()
    {
        _left = Connections;
        _done.Reset();
        // As in a turn of the hub's actor: the writers run at its end.
        using (Cascade.Open())
        {
            foreach (var client in _clients)
                client.Channel.Deliver(_event);
        }

        _done.Wait();
    }

    private void Took(int messages)
    {
        if (Interlocked.Add(ref _left, -messages) == 0)
            _done.Set();
    }
}
