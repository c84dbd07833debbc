using System.Text;
using System.Text.Json;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Picks the answers to server→client calls out of what a client sends (L1).</summary>
internal static class RemoteAnswers
{
    /// <summary>Takes a message that is an answer, also one that nobody waits for; false leaves it to be routed.</summary>
    public static bool TryTake(ReadOnlySpan<byte> text, RemoteCalls calls)
    {
        if (text.IndexOf(RemoteProtocol.Mark) < 0)
            return false;
        try
        {
            var reader = new Utf8JsonReader(text);
            var message = JsonElement.ParseValue(ref reader);
            reader.Read(); // anything behind the value is no JSON
            if (message.ValueKind != JsonValueKind.Object || Text(message, "action") is not { } action || Text(message, "id") is not { } id)
                return false;
            if (RemoteProtocol.Pending.SequenceEqual(Encoding.UTF8.GetBytes(action)))
                calls.Pending(id);
            else if (RemoteProtocol.Response.SequenceEqual(Encoding.UTF8.GetBytes(action)))
                Answer(calls, id, message);
            else
                return false;
            return true;
        }
        catch (JsonException)
        {
            return false; // decode tells the client what is wrong with it
        }
    }

    private static void Answer(RemoteCalls calls, string id, JsonElement message)
    {
        var ok = message.TryGetProperty("ok", out var flag) && flag.ValueKind == JsonValueKind.True;
        JsonElement? result = message.TryGetProperty("result", out var value) ? value : null;
        var error = message.TryGetProperty("error", out var e) && e.ValueKind == JsonValueKind.Object ? e : default;
        calls.Answer(id, ok, result, Text(error, "name"), Text(error, "message"));
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;
}
