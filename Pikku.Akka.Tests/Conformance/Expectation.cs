using System.Text.Json;
using Xunit;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>The expected content of a frame.</summary>
internal abstract record Expectation
{
    public abstract void Check(ReceivedFrame frame);

    public static Expectation Read(JsonElement step) => step switch
    {
        _ when step.TryGetProperty("hex", out var hex) => new Binary(hex.GetString()!),
        _ when step.TryGetProperty("text", out var text) => new Text(text.GetString()!),
        _ when step.TryGetProperty("json", out var json) => new Json(json),
        _ => new Match(step.GetProperty("match")),
    };

    /// <summary>A binary frame with exactly these bytes.</summary>
    public sealed record Binary(string Hex) : Expectation
    {
        public override void Check(ReceivedFrame frame) => Assert.True(frame.Hex == Hex, $"Got {frame}");
    }

    /// <summary>A text frame with exactly this text.</summary>
    public sealed record Text(string Value) : Expectation
    {
        public override void Check(ReceivedFrame frame) => Assert.True(frame.Text == Value, $"Got {frame}");
    }

    /// <summary>This JSON; the order of properties does not matter.</summary>
    public sealed record Json(JsonElement Value) : Expectation
    {
        public override void Check(ReceivedFrame frame) => Assert.True(JsonElement.DeepEquals(Value, frame.Json()), $"Got {frame}");
    }

    /// <summary>JSON that contains at least this JSON.</summary>
    public sealed record Match(JsonElement Value) : Expectation
    {
        public override void Check(ReceivedFrame frame) => Assert.True(IsWithin(Value, frame.Json()), $"Got {frame}");

        private static bool IsWithin(JsonElement want, JsonElement got) => (want.ValueKind, got.ValueKind) switch
        {
            (JsonValueKind.Object, JsonValueKind.Object) =>
                want.EnumerateObject().All(p => got.TryGetProperty(p.Name, out var value) && IsWithin(p.Value, value)),
            (JsonValueKind.Array, JsonValueKind.Array) =>
                want.GetArrayLength() == got.GetArrayLength() && want.EnumerateArray().Zip(got.EnumerateArray(), IsWithin).All(same => same),
            _ => JsonElement.DeepEquals(want, got),
        };
    }
}
