using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using Pikku.Akka.Benchmarks.Server;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>The cost of spans, as <see cref="MessageBenchmarks"/>: without a listener, and with one that records a part of the messages.</summary>
public class TracingBenchmarks
{
    private const int Messages = 1_600;
    private const int Burst = 16;

    private readonly byte[] _message = Micro.Messages.Echo(64);
    private MicroNode _node = null!;
    private MicroClient _client = null!;
    private ActivityListener? _listener;

    /// <summary>The part of the messages that is recorded; −1 for no listener.</summary>
    [Params(-1.0, 0.0, 0.01, 1.0)]
    public double Ratio { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _listener = Ratio < 0 ? null : SampledTraces.Listen(Ratio);
        _node = MicroNode.Start();
        _client = _node.Connect("c");
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _node.Dispose();
        _listener?.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Messages)]
    public void Echo() => _client.Run(_message, Messages, Burst);
}
