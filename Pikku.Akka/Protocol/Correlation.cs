namespace Pikku.Akka.Protocol;

/// <summary>
/// How an answer is tied to its message, kept beyond the message's own buffer: the form (contract B4), the routing property and the id
/// as they came. The default is an answer that is tied to nothing.
/// </summary>
internal readonly struct Correlation
{
    public RoutingKey? Key { get; private init; }

    /// <summary>The value of <see cref="Key"/> as JSON.</summary>
    public ReadOnlyMemory<byte> KeyValue { get; private init; }

    /// <summary>The id as JSON; empty for none.</summary>
    public ReadOnlyMemory<byte> Id { get; private init; }

    public bool Enveloped { get; private init; }

    /// <param name="message">The text that was scanned.</param>
    /// <param name="scanned">What was found in it.</param>
    /// <param name="routes">What it was scanned for.</param>
    public static Correlation Of(ReadOnlySpan<byte> message, in ScannedMessage scanned, RoutingTable routes) => new()
    {
        Key = scanned.Key,
        KeyValue = KeyValueOf(message, scanned, routes),
        Id = scanned.Id.IsNone ? default : scanned.Id.Of(message).ToArray(),
        Enveloped = scanned.Enveloped,
    };

    private static byte[] KeyValueOf(ReadOnlySpan<byte> message, in ScannedMessage scanned, RoutingTable routes)
    {
        if (scanned.KeyValue.IsNone)
            return [];
        var value = scanned.KeyValue.Of(message);

        // Spelled as we would spell it: no need for a copy.
        return scanned.Action >= 0 && value.SequenceEqual(routes.Token(scanned.Action)) ? routes.Token(scanned.Action) : value.ToArray();
    }
}
