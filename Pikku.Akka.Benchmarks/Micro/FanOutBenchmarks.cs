using BenchmarkDotNet.Attributes;
using Pikku.Akka.Dispatch;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>One event through the outboxes of 1,000 connections. The figures are per delivery.</summary>
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
            _clients[i].FramesReceived = CountFrames;
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
        // As in a turn of the hub's actor, the writers run at the end of the cascade.
        using (Cascade.Open())
        {
            foreach (var client in _clients)
                client.Channel.Deliver(_event);
        }

        _done.Wait();
    }

    private void CountFrames(int messages)
    {
        if (Interlocked.Add(ref _left, -messages) == 0)
            _done.Set();
    }
}
