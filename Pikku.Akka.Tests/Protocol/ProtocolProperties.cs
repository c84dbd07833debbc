using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck.Xunit;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

/// <summary>Spliced bytes must equal the result of a document, which serves as the oracle only in this test.</summary>
[Properties(Arbitrary = [typeof(JsonGen)], MaxTest = 500)]
public class ProtocolProperties
{
    private const string Flat = """{"action":"echo","x":1}""";

    [Property]
    public void Any_bytes_are_scanned_without_throwing(byte[] bytes) => ScanGuarded(bytes);

    [Property]
    public void Broken_JSON_is_scanned_without_throwing(BrokenText text) => ScanGuarded(text.Bytes);

    [Property]
    [Trait("Rule", "B6")]
    public void A_text_is_malformed_exactly_when_a_document_rejects_it(BrokenText text)
    {
        var outcome = MessageScanner.Scan(text.Bytes, Lab.Routes, false, out _);

        Assert.Equal(IsJson(text.Bytes), outcome != ScanOutcome.Malformed);
    }

    [Property]
    [Trait("Rule", "B1")]
    public void Routing_equals_that_of_a_document(ObjectText message)
    {
        var expected = Parse(message.Text);
        var scanned = Lab.Scan(message.Text);

        var action = (expected["action"] as JsonValue)?.ToJsonString() switch
        {
            "\"echo\"" => Lab.Echo,
            "1" => Lab.Number,
            "1.50" => Lab.Decimal,
            _ => (expected["command"] as JsonValue)?.ToJsonString() switch { "\"run\"" => Lab.Run, "\"echo\"" => Lab.CommandEcho, _ => -1 },
        };
        Assert.Equal(action, scanned.Action);
    }

    [Property]
    [Trait("Rule", "B2")]
    public void Flat_data_equals_that_of_a_document(ObjectText message)
    {
        var expected = Parse(message.Text);
        if (Lab.Scan(message.Text).Key is >= 0 and var key)
            expected.Remove(Lab.Routes.KeyOf(key));

        AssertEqual(expected, Parse(Lab.Without(message.Text)));
    }

    [Property]
    [Trait("Rule", "B3")]
    public void An_envelope_is_recognised_as_in_a_document(ObjectText message)
    {
        var scanned = Lab.Scan(message.Text);
        var expected = Parse(message.Text);
        var enveloped = false;
        if (scanned.Key >= 0)
        {
            expected.Remove(Lab.Routes.KeyOf(scanned.Key));
            enveloped = expected.ContainsKey("data")
                && (!expected.ContainsKey("id") || expected["id"]?.GetValueKind() is JsonValueKind.String or JsonValueKind.Number)
                && expected.Count == (expected.ContainsKey("id") ? 2 : 1);
        }

        Assert.Equal(enveloped, scanned.Enveloped);
        if (enveloped)
            AssertEqual(expected["data"], JsonNode.Parse(Lab.Part(message.Text, scanned.Data)!), "data");
    }

    [Property]
    [Trait("Rule", "C1")]
    public void A_flat_reply_equals_that_of_a_document(ObjectText value)
    {
        var expected = Parse(value.Text);
        expected["action"] = "echo";

        AssertEqual(expected, JsonNode.Parse(Lab.ReplyJson(Flat, value.Text)));
        AssertEqual(expected, JsonNode.Parse(Lab.Reply(Flat, Parse(value.Text), typeof(JsonNode))));
        AssertEqual(expected, JsonNode.Parse(Lab.Reply(Flat, JsonDocument.Parse(value.Text).RootElement, typeof(object))));
    }

    [Property]
    [Trait("Rule", "C2")]
    public void An_enveloped_reply_equals_that_of_a_document(ObjectText value)
    {
        var expected = new JsonObject { ["action"] = "echo", ["id"] = "7", ["data"] = Parse(value.Text) };

        AssertEqual(expected, JsonNode.Parse(Lab.ReplyJson("""{"action":"echo","id":"7","data":1}""", value.Text)));
    }

    [Property]
    [Trait("Rule", "L2")]
    public void Any_bytes_are_read_as_an_answer_without_throwing(BrokenText text, byte[] bytes)
    {
        RemoteAnswer.TryRead(text.Bytes, out _);
        RemoteAnswer.TryRead(bytes, out _);
        RemoteAnswer.TryRead([.. """{"action":"pikku-rpc-response","id":"1","error":"""u8, .. text.Bytes, .. "}"u8], out _);
    }

    /// <summary>The text is surrounded by bytes that would complete it, so that reading outside of it changes the result.</summary>
    private static void ScanGuarded(byte[] bytes)
    {
        byte[] guarded = [.. "{\"action\":\""u8, .. bytes, .. "\"}]}"u8];
        var part = guarded.AsSpan("{\"action\":\""u8.Length, bytes.Length);

        var outcome = MessageScanner.Scan(part, Lab.Routes, false, out var scanned);
        var alone = MessageScanner.Scan(bytes, Lab.Routes, false, out var scannedAlone);

        Assert.Equal(alone, outcome);
        foreach (var range in new[] { scanned.Property, scanned.Value, scanned.Id, scanned.Data })
            Assert.InRange(range.End.Value, 0, bytes.Length);
        Assert.Equal(scannedAlone.Property, scanned.Property);
    }

    private static bool IsJson(byte[] text)
    {
        try
        {
            var reader = new Utf8JsonReader(text);
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Parsed like JSON.parse: the last of repeated names counts.</summary>
    private static JsonObject Parse(string text) => (JsonObject)Node(JsonDocument.Parse(text).RootElement)!;

    private static JsonNode? Node(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var result = new JsonObject();
                foreach (var property in element.EnumerateObject())
                    result[property.Name] = Node(property.Value);
                return result;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Node)]);
            default:
                return JsonNode.Parse(element.GetRawText());
        }
    }

    private static void AssertEqual(JsonNode? expected, JsonNode? actual, string what = "") =>
        Assert.True(
            JsonNode.DeepEquals(expected, Normal(actual)),
            $"{what}\nexpected {expected?.ToJsonString()}\nactual   {Normal(actual)?.ToJsonString()}");

    /// <summary>Nested objects of a reply keep their repeated names, which is equivalent.</summary>
    private static JsonNode? Normal(JsonNode? node)
    {
        if (node is null)
            return null;
        using var document = JsonDocument.Parse(node.ToJsonString());
        return Node(document.RootElement);
    }
}
