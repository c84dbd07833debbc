using BenchmarkDotNet.Attributes;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>Decoding a frame and routing it to its action, in one pass over its bytes.</summary>
public class DecodeBenchmarks
{
    private RoutingTable _routes = null!;
    private byte[] _message = [];

    [Params(64, 1024)]
    public int TextLength { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        using var node = MicroNode.Start();
        _routes = node.Endpoint.Definition.Routes;
        _message = Messages.Echo(TextLength);
    }

    [Benchmark]
    public int Decode()
    {
        MessageScanner.Scan(_message, _routes, alwaysEnveloped: false, out var scan);
        return scan.Action;
    }
}
