using Akka.Actor;
using BenchmarkDotNet.Attributes;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>A message from one actor to another, on Pikku.Akka's dispatcher and on Akka's default dispatcher.</summary>
public class ActorHopBenchmarks
{
    private const int Hops = 10_000;

    private readonly ManualResetEventSlim _done = new();
    private MicroNode _node = null!;
    private IActorRef _first = ActorRefs.Nobody;
    private IActorRef _second = ActorRefs.Nobody;
    private int _left;

    [Params(CascadeExecutorConfigurator.Dispatcher, "akka.actor.default-dispatcher")]
    public string Dispatcher { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _node = MicroNode.Start();
        _first = _node.System.ActorOf(Props.Create(() => new Player(this)).WithDispatcher(Dispatcher));
        _second = _node.System.ActorOf(Props.Create(() => new Player(this)).WithDispatcher(Dispatcher));
    }

    [GlobalCleanup]
    public void Cleanup() => _node.Dispose();

    [Benchmark(OperationsPerInvoke = Hops)]
    public void Hop()
    {
        _left = Hops;
        _done.Reset();
        _first.Tell("ball", _second);
        _done.Wait();
    }

    private sealed class Player(ActorHopBenchmarks game) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (--game._left == 0)
                game._done.Set();
            else
                Sender.Tell(message, Self);
        }
    }
}
