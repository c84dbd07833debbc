using System.Text.Json;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Recognizes the answers to server→client calls among the messages of a client, and reads their results (L1).</summary>
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

    /// <summary>Converts the result in an answer to the type that the application expects.</summary>
    /// <param name="result">The result; null for none.</param>
    /// <param name="function">The name of the client function.</param>
    /// <param name="options">The JSON options of the application.</param>
    /// <exception cref="ClientCallException">The result does not fit the type.</exception>
    public static T? ReadResult<T>(JsonElement? result, string function, JsonSerializerOptions options)
    {
        try
        {
            // The result comes from a client, so it is deserialized with the options for input.
            return result is { } json ? (T?)json.Deserialize(InputOptions.Of(options).Messages.Read(typeof(T))) : default;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            throw new ClientCallException(
                ClientCallErrorReason.Invalid, ClientCallException.UnnamedError, $"The answer of the client to '{function}' is not a {typeof(T).Name}.", e);
        }
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
