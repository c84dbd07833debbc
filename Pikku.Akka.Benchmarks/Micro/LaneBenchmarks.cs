using Akka.Actor;
using BenchmarkDotNet.Attributes;
using Pikku.Akka.Channels;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>
/// The throughput of a lane: queued messages are decoded, authorized and dispatched to the function through a number of middleware, up
/// to the
/// point where the connection's actor would be notified.
/// </summary>
public class LaneBenchmarks
{
    private const int Messages = 1_000;

    private readonly ManualResetEventSlim _done = new();
    private readonly byte[] _message = Micro.Messages.Echo(64);
    private MicroNode _node = null!;
    private Connection _connection = null!;
    private int _left;

    [Params(0, 3, 10)]
    public int Middleware { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _node = MicroNode.Start(Middleware);
        _connection = new MicroClient(transport => _node.NewConnection("c", transport)) { FramesReceived = _ => { } }.Channel;
        _connection.Mailbox.Attach(
            _node.System.ActorOf(Props.Create(() => new Counter(this)).WithDispatcher(Dispatch.CascadeExecutorConfigurator.Dispatcher)));
    }

    [GlobalCleanup]
    public void Cleanup() => _node.Dispose();

    [Benchmark(OperationsPerInvoke = Messages)]
    public void Pass()
    {
        _left = Messages;
        _done.Reset();
        for (var i = 0; i < Messages; i++)
            Start(MicroClient.Read(_connection, _message));
        _done.Wait();
    }

    private void Start(TextMessage message)
    {
        var turn = new InboundTurn(message);
        turn.Start(TimeProvider.System.GetTimestamp());
        if (!_connection.Endpoint.Inbound(_connection.Lane).TryAdd(turn))
            throw new InvalidOperationException("The lane is full.");
    }

    private sealed class Counter(LaneBenchmarks lane) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            ((InboundTurn)message).TakeCompleted()!.ReleaseBuffer();
            if (--lane._left == 0)
                lane._done.Set();
        }
    }
}
