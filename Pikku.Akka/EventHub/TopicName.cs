namespace Pikku.Akka.EventHub;

/// <summary>The rules for names of topics: any text that is not blank and not reserved, with a limited length.</summary>
internal static class TopicName
{
    /// <exception cref="EventHubException">The name is not valid.</exception>
    public static void Check(string? name, int maxLength)
    {
        if (string.IsNullOrWhiteSpace(name))
            throw Invalid("The name of a topic must not be blank.");
        if (name.Length > maxLength)
            throw Invalid(
                $"The name of the topic '{name.AsSpan(0, Math.Min(name.Length, 32))}…' has {name.Length} characters; " +
                $"pikku.event-hub.max-topic-length allows {maxLength}.");
        if (StoreIndex.IsReserved(name))
            throw Invalid($"The name of a topic must not begin with '{StoreIndex.Sessions}' or '{StoreIndex.Requests}', which are reserved for the stores of the library.");
        // An unpaired surrogate has no form in UTF-8, so two such names would be the same name on the wire and on other nodes.
        if (name.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !IsWellFormed(name))
            throw Invalid("The name of the topic is not well-formed Unicode: it contains an unpaired surrogate.");
    }

    /// <summary>Checks the id of a user. A message to a user contains the id when it is sent to other nodes, so the limits are the same.</summary>
    /// <exception cref="EventHubException">The id is not valid.</exception>
    public static void CheckUser(string id, int maxLength)
    {
        if (id.Length > maxLength)
            throw Invalid($"The id of the user has {id.Length} characters; pikku.event-hub.max-topic-length allows {maxLength}.");
        if (id.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') && !IsWellFormed(id))
            throw Invalid("The id of the user is not well-formed Unicode: it contains an unpaired surrogate.");
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
