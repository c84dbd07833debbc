using System.Text.Json;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Picks the answers to server→client calls out of what a client sends (L1).</summary>
internal static class RemoteAnswers
{
    /// <summary>Takes a message that is an answer, also one that nobody waits for; false leaves it to be routed.</summary>
    /// <param name="text">The message.</param>
    /// <param name="calls">What waits for answers.</param>
    /// <param name="expected">True when something did wait for this one.</param>
    public static bool TryTake(ReadOnlySpan<byte> text, RemoteCalls calls, out bool expected)
    {
        expected = false;
        if (text.IndexOf(RemoteProtocol.Mark) < 0 || !RemoteAnswer.TryRead(text, out var answer))
            return false;
        expected = answer.IsPending
            ? calls.Pending(answer.Id)
            : calls.Answer(answer.Id, answer.Ok, answer.HasResult ? Parse(text[answer.Result]) : null, answer.ErrorName, answer.ErrorMessage);
        return true;
    }

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonElement.ParseValue(ref reader);
    }
}
