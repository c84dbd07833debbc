using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BenchmarkDotNet.Attributes;
using Pikku.Akka.Functions.Input;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>Reading the input of a function from the data of a message.</summary>
public class InputBenchmarks
{
    private readonly IServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly byte[] _message = Messages.Echo(64);
    private InputReader<Plain> _plain = null!;
    private InputReader<Ruled> _ruled = null!;
    private Ruled _value = null!;

    [GlobalSetup]
    public void Setup()
    {
        var options = new InputOptions(new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() });
        _plain = new InputReader<Plain>(options);
        _ruled = new InputReader<Ruled>(options);
        _value = _ruled.Deserialize(_message);
    }

    [Benchmark]
    public object Deserialize() => _plain.Deserialize(_message);

    [Benchmark]
    public ValueTask Validate() => _ruled.ValidateAsync(_value, _services, default);

    private sealed record Plain(string Id, string Text);

    private sealed record Ruled([property: Required, StringLength(20)] string Id, [property: Required, StringLength(2000)] string Text);
}
