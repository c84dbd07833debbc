using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

/// <summary>A channel that routes by <c>action</c> and then by <c>command</c>, and its replies.</summary>
internal static class Lab
{
    public const int Echo = 0, Number = 1, Decimal = 2, OwnData = 3, Accented = 4, Run = 5, CommandEcho = 6;

    public static readonly JsonSerializerOptions Json =
        new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    public static readonly RoutingTable Routes = new RoutingTable.Builder()
        .Add("action", "echo", Echo)
        .Add("action", "1", Number)
        .Add("action", "1.50", Decimal)
        .Add("action", "dataIn", OwnData, declaresData: true)
        .Add("action", "é\"/", Accented)
        .Add("command", "run", Run)
        .Add("command", "echo", CommandEcho)
        .Build();

    public static ScannedMessage Scan(string message, bool alwaysEnveloped = false, RoutingTable? routes = null)
    {
        var outcome = MessageScanner.Scan(Encoding.UTF8.GetBytes(message), routes ?? Routes, alwaysEnveloped, out var scanned);
        Assert.Equal(outcome, scanned.Outcome);
        return scanned;
    }

    /// <summary>A part of a message; null when it is absent.</summary>
    public static string? Part(string message, Range range)
    {
        var part = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(message).AsSpan()[range]);
        return part.Length == 0 ? null : part;
    }

    public static string Without(string message)
    {
        var output = new ArrayBufferWriter<byte>();
        FlatData.Without(Encoding.UTF8.GetBytes(message), Scan(message), Routes, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    public static string Reply(string message, object? value, Type type, RoutingTable? routes = null)
    {
        using var writer = PayloadWriter.Rent();
        ReplyWriter.WriteValue(writer, Head(message, false, routes), value, Json.GetTypeInfo(type));
        return writer.ToMessage(MessageKind.Text).Text();
    }

    public static string ReplyJson(string message, string json)
    {
        using var writer = PayloadWriter.Rent();
        ReplyWriter.WriteJson(writer, Head(message), Encoding.UTF8.GetBytes(json));
        return writer.ToMessage(MessageKind.Text).Text();
    }

    public static string Acknowledge(string message)
    {
        using var writer = PayloadWriter.Rent();
        ReplyWriter.WriteVoid(writer, Head(message));
        return writer.ToMessage(MessageKind.Text).Text();
    }

    public static string Message(object? value, Type type, JsonSerializerOptions? options = null)
    {
        using var writer = PayloadWriter.Rent();
        ReplyWriter.WriteMessage(writer, value, (options ?? Json).GetTypeInfo(type));
        return writer.ToMessage(MessageKind.Text).Text();
    }

    public static string Error(string message, in ErrorInfo error, bool alwaysEnveloped = false)
    {
        using var writer = PayloadWriter.Rent();
        ErrorWriter.Write(writer, Head(message, alwaysEnveloped), error, Json);
        return writer.ToMessage(MessageKind.Text).Text();
    }

    public static void AssertJson(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"expected {expected}\nactual   {actual}");

    private static ReplyHead Head(string message, bool alwaysEnveloped = false, RoutingTable? routes = null)
    {
        var (bytes, scanned, table) = (Encoding.UTF8.GetBytes(message), Scan(message, alwaysEnveloped, routes), routes ?? Routes);
        return new ReplyHead
        {
            Key = scanned.Key < 0 ? default : table.Utf8KeyOf(scanned.Key),
            JsonKey = scanned.Key < 0 ? default : table.JsonKeyOf(scanned.Key),
            Value = bytes.AsSpan()[scanned.Value],
            Id = bytes.AsSpan()[scanned.Id],
            Enveloped = scanned.Enveloped,
        };
    }
}
