using System.Text.Json;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Picks the answers to server→client calls out of what a client sends (L1).</summary>
internal static class RemoteAnswers
{
    /// <summary>Takes a message that is an answer, also one that nobody waits for; false leaves it to be routed.</summary>
    /// <param name="text">The message.</param>
    /// <param name="calls">What waits for answers.</param>
    /// <param name="options">How JSON is read.</param>
    /// <param name="expected">True when something did wait for this one.</param>
    public static bool TryTake(ReadOnlySpan<byte> text, RemoteCalls calls, JsonSerializerOptions options, out bool expected)
    {
        expected = false;
        if (text.IndexOf(RemoteProtocol.Mark) < 0 || !RemoteAnswer.TryRead(text, out var answer))
            return false;
        if (answer.IsPending)
            expected = calls.Pending(answer.Id);
        else if (!answer.HasResult)
            expected = calls.Answer(answer.Id, answer.Ok, null, answer.ErrorName, answer.ErrorMessage);
        else if (Parse(text[answer.Result], options) is { } result)
            expected = calls.Answer(answer.Id, answer.Ok, result, answer.ErrorName, answer.ErrorMessage);
        else
            expected = calls.Refuse(answer.Id);
        return true;
    }

    // Null for what can't be read, or not be written again.
    private static JsonElement? Parse(ReadOnlySpan<byte> json, JsonSerializerOptions options)
    {
        if (JsonText.HasLoneSurrogate(json))
            return null;
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = JsonDepth.Of(options) });
            return JsonElement.ParseValue(ref reader);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
