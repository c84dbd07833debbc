namespace Pikku.Akka.EventHub;

/// <summary>What a topic may be called: any text that is not blank.</summary>
internal static class TopicName
{
    /// <exception cref="EventHubException">It may not be called that.</exception>
    public static void Check(string? name, int maxLength)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw Invalid("The name of a topic must not be blank.");
        if (name.Length > maxLength)
            throw Invalid(
                $"The name of the topic '{name.AsSpan(0, Math.Min(name.Length, 32))}…' has {name.Length} characters; " +
                $"pikku.event-hub.max-topic-length allows {maxLength}.");
        // Half of a surrogate pair has no UTF-8: two such names would be one and the same on the wire and on other nodes.
        if (name.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !IsWellFormed(name))
            throw Invalid("The name of the topic is not well-formed Unicode: it has half of a surrogate pair.");
    }

    /// <summary>A message to a user carries his id across nodes, so it has the same bounds.</summary>
    /// <exception cref="EventHubException">No user may be called that.</exception>
    public static void CheckUser(string id, int maxLength)
    {
        if (id.Length > maxLength)
            throw Invalid($"The id of a user has {id.Length} characters; pikku.event-hub.max-topic-length allows {maxLength}.");
        if (id.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !IsWellFormed(id))
            throw Invalid("The id of a user is not well-formed Unicode: it has half of a surrogate pair.");
    }

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (System.Text.Rune.DecodeFromUtf16(text, out _, out var taken) != System.Buffers.OperationStatus.Done)
                return false;
            text = text[taken..];
        }

        return true;
    }

    private static EventHubException Invalid(string message) => new(EventHubErrorReason.InvalidTopic, message);
}
