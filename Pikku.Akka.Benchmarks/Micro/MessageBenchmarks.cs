using BenchmarkDotNet.Attributes;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>
/// The whole cost of a message without the socket: from the connection's actor through lane and function and back into the outbox,
/// single and in
/// a burst. The figures are per message.
/// </summary>
public class MessageBenchmarks
{
    private const int Messages = 1_600;

    private readonly byte[] _message = Micro.Messages.Echo(64);
    private MicroNode _node = null!;
    private MicroClient _client = null!;

    [Params(1, 16)]
    public int Burst { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _node = MicroNode.Start();
        _client = _node.Connect("c");
    }

    [GlobalCleanup]
    public void Cleanup() => _node.Dispose();

    [Benchmark(OperationsPerInvoke = Messages)]
    public void Echo() => _client.Run(_message, Messages, Burst);
}
