using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using BenchmarkDotNet.Attributes;
using Pikku.Akka.Benchmarks.Server;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Benchmarks.Micro;

/// <summary>Encoding values.</summary>
public class EncodeBenchmarks
{
    private static readonly JsonSerializerOptions s_json =
        new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    private readonly Echo _value = new("17", new string('x', 64));
    private readonly JsonTypeInfo _type = s_json.GetTypeInfo(typeof(Echo));

    [Benchmark]
    public int FlatReply()
    {
        using var writer = PayloadWriter.Rent();
        ReplyWriter.WriteValue(writer, new ReplyHead { Key = "action"u8, JsonKey = "\"action\""u8, Value = "\"echo\""u8 }, _value, _type);
        return Encoded(writer);
    }

    [Benchmark]
    public int EnvelopedReply()
    {
        using var writer = PayloadWriter.Rent();
        var head = new ReplyHead { Key = "action"u8, JsonKey = "\"action\""u8, Value = "\"echo\""u8, Id = "17"u8, Enveloped = true };
        ReplyWriter.WriteValue(writer, head, _value, _type);
        return Encoded(writer);
    }

    // Encoded once for all receivers.
    [Benchmark]
    public int Event()
    {
        using var writer = PayloadWriter.Rent();
        EventWriter.WriteValue(writer, "news", _value, _type);
        return writer.ToSharedMessage(MessageKind.Text).Length;
    }

    private static int Encoded(PayloadWriter writer)
    {
        var message = writer.ToMessage(MessageKind.Text);
        message.Return();
        return message.Length;
    }
}
