using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

/// <summary>A channel that routes by <c>action</c> and then by <c>command</c>.</summary>
internal static class Lab
{
    public const int Echo = 0, Number = 1, Decimal = 2, OwnData = 3, Accented = 4, Run = 5, CommandEcho = 6;

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    public static readonly RoutingTable Routes = new(
    [
        ("action", [new("echo"), new("1"), new("1.50"), new("dataIn", DeclaresData: true), new("é\"/")]),
        ("command", [new("run"), new("echo")]),
    ]);

    public static ScannedMessage Scan(string message, bool alwaysEnveloped = false, RoutingTable? routes = null)
    {
        var outcome = MessageScanner.Scan(Encoding.UTF8.GetBytes(message), routes ?? Routes, alwaysEnveloped, out var scanned);
        Assert.Equal(outcome, scanned.Outcome);
        return scanned;
    }

    public static Correlation Correlate(string message, bool alwaysEnveloped = false, RoutingTable? routes = null)
    {
        var scanned = Scan(message, alwaysEnveloped, routes);
        return Correlation.Of(Encoding.UTF8.GetBytes(message), scanned, routes ?? Routes);
    }

    public static string Part(string message, TextRange range) => Encoding.UTF8.GetString(range.Of(Encoding.UTF8.GetBytes(message)));

    public static string Without(string message)
    {
        var writer = new ArrayBufferWriter<byte>();
        FlatData.Without(Encoding.UTF8.GetBytes(message), Scan(message), writer);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    public static void AssertJson(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"expected {expected}\nactual   {actual}");
}
