using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Reads a text message in one pass and finds the action, the form, the position of the data, and whether the text is JSON at all
/// (rules B1–B6). Creates no objects.
/// </summary>
internal static class MessageScanner
{
    // A channel with more routing keys than this allocates an array per message.
    private const int SlotsOnStack = 8;

    /// <param name="text">The message.</param>
    /// <param name="routes">The wiring of the channel.</param>
    /// <param name="alwaysEnveloped">True on the subprotocol <c>pikku.v1</c>.</param>
    /// <param name="message">The result.</param>
    public static ScanOutcome Scan(ReadOnlySpan<byte> text, RoutingTable routes, bool alwaysEnveloped, out ScannedMessage message)
    {
        Span<PropertySlot> keys = routes.Tracked.Length <= SlotsOnStack
            ? stackalloc PropertySlot[SlotsOnStack]
            : new PropertySlot[routes.Tracked.Length];
        PropertySlot data = default, id = default;
        int count;
        try
        {
            count = ReadProperties(text, routes, keys, ref data, ref id);
        }
        catch (JsonException)
        {
            message = new ScannedMessage { Outcome = ScanOutcome.Malformed, Enveloped = alwaysEnveloped, Action = -1, Key = -1 };
            return ScanOutcome.Malformed;
        }

        message = Describe(text, routes, keys, count, data, id, alwaysEnveloped);
        return message.Outcome;
    }

    /// <summary>Records the last occurrence of each tracked property, and returns the number of properties.</summary>
    private static int ReadProperties(
        ReadOnlySpan<byte> text, RoutingTable routes, Span<PropertySlot> keys, ref PropertySlot data, ref PropertySlot id)
    {
        var count = 0;
        var tracked = routes.Tracked;
        var reader = new Utf8JsonReader(text, routes.ReaderOptions);
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                count++;
                var name = reader.ValueSpan;
                var escaped = reader.ValueIsEscaped;
                var slot = PropertySlot.Read(ref reader);
                for (var i = 0; i < tracked.Length; i++)
                {
                    if (JsonText.Equals(name, escaped, tracked[i].Utf8))
                        keys[i].Replace(slot);
                }

                if (JsonText.Equals(name, escaped, "data"u8))
                    data.Replace(slot);
                else if (JsonText.Equals(name, escaped, "id"u8))
                    id.Replace(slot);
            }
        }

        // The rest of an array or a scalar, and the end of the text: text after the value is an error.
        while (reader.Read()) { }
        return count;
    }

    private static ScannedMessage Describe(
        ReadOnlySpan<byte> text, RoutingTable routes, Span<PropertySlot> keys, int count, in PropertySlot data, in PropertySlot id,
        bool alwaysEnveloped)
    {
        var (key, action) = Match(text, routes, keys);
        var routing = key < 0 ? default : keys[key];

        // A channel may route by a property named "data" or "id"; then it is only the routing property.
        var payload = data.Is(routing) ? default : data;
        var correlation = id.Is(routing) ? default : id;
        var enveloped = alwaysEnveloped
            || (key >= 0
                && payload.Occurrences > 0
                && (correlation.Occurrences == 0 || correlation.IsName)
                && count == routing.Occurrences + payload.Occurrences + correlation.Occurrences
                && (action < 0 || !routes.DeclaresData(action)));
        var hasId = enveloped && correlation.IsName;
        return new ScannedMessage
        {
            Outcome = action < 0 ? ScanOutcome.NotFound : ScanOutcome.Matched,
            Action = action,
            Key = key,
            Value = routing.Value,
            Property = routing.Property,
            RepeatsKey = routing.Occurrences > 1,
            Enveloped = enveloped,
            HasId = hasId,
            Id = hasId ? correlation.Value : default,
            Data = enveloped ? payload.Value : default,
            IsRpc = RemoteProtocol.IsRpc(text, keys[routes.DefaultKeyIndex]),
        };
    }

    /// <summary>
    /// The first key that matches an action; otherwise the first one with a string or a number. The property of the reserved actions counts only if it matches
    /// one of them, unless it is a routing key itself.
    /// </summary>
    private static (int Key, int Action) Match(ReadOnlySpan<byte> text, RoutingTable routes, Span<PropertySlot> keys)
    {
        var named = -1;
        for (var i = 0; i < routes.Tracked.Length; i++)
        {
            ref var slot = ref keys[i];
            if (!slot.IsName)
                continue;
            if (routes.Tracked[i].TryGetAction(slot.Text(text), slot.Escaped, out var action))
                return (i, action);
            if (named < 0 && i < routes.KeyCount)
                named = i;
        }

        return (named, -1);
    }
}
