using System.Text.Json;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Recognizes the answers to server→client calls among the messages of a client (L1).</summary>
internal static class RemoteAnswers
{
    /// <summary>Consumes a message that is an answer, even if no call waits for it. Returns false for any other message, which is then routed.</summary>
    /// <param name="text">The message.</param>
    /// <param name="calls">The open calls.</param>
    /// <param name="options">The JSON options.</param>
    /// <param name="expected">True when an open call waited for this answer.</param>
    public static bool TryTake(ReadOnlySpan<byte> text, RemoteCalls calls, JsonSerializerOptions options, out bool expected)
    {
        expected = false;
        if (text.IndexOf(RemoteProtocol.Mark) < 0 || !RemoteAnswer.TryRead(text, out var answer))
            return false;
        if (answer.IsPending)
            expected = calls.StopTimeout(answer.Id);
        else if (!answer.HasResult)
            expected = calls.Answer(answer.Id, answer.Ok, null, answer.ErrorName, answer.ErrorMessage);
        else if (Parse(text[answer.Result], options) is { } result)
            expected = calls.Answer(answer.Id, answer.Ok, result, answer.ErrorName, answer.ErrorMessage);
        else
            expected = calls.FailUnreadable(answer.Id);
        return true;
    }

    // Returns null for JSON that cannot be read, or that could not be written again.
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
