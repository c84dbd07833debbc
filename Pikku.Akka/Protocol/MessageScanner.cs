using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>Reads a text message once, from its first byte to its last, and says where it goes (contract B1–B6).</summary>
internal static class MessageScanner
{
    // Deeper than any honest message, shallow enough for every recursive reader behind; also the default of System.Text.Json.
    private const int MaxDepth = 64;

    // A channel with more routing keys than this pays for an array per message.
    private const int SlotsOnStack = 8;

    private static readonly JsonReaderOptions s_options = new() { MaxDepth = MaxDepth };

    /// <param name="utf8">The message.</param>
    /// <param name="routes">What the channel is wired to.</param>
    /// <param name="alwaysEnveloped">True on the subprotocol <c>pikku.v1</c>.</param>
    /// <param name="message">What was found.</param>
    public static ScanOutcome Scan(ReadOnlySpan<byte> utf8, RoutingTable routes, bool alwaysEnveloped, out ScannedMessage message)
    {
        var tracked = routes.Tracked;
        Span<PropertySlot> keys = tracked.Length <= SlotsOnStack
            ? stackalloc PropertySlot[SlotsOnStack]
            : new PropertySlot[tracked.Length];
        PropertySlot data = default, id = default;
        var count = 0;
        try
        {
            count = ReadProperties(utf8, tracked, keys, ref data, ref id);
        }
        catch (JsonException)
        {
            message = new ScannedMessage { Outcome = ScanOutcome.Malformed, Enveloped = alwaysEnveloped, Action = -1 };
            return ScanOutcome.Malformed;
        }

        var (keyIndex, action) = Match(utf8, routes, keys);
        message = Describe(utf8, routes, keys, keyIndex, action, count, data, id, alwaysEnveloped);
        return message.Outcome;
    }

    /// <summary>Takes note of the last occurrence of each property that matters, and returns how many properties there are.</summary>
    private static int ReadProperties(
        ReadOnlySpan<byte> utf8, RoutingKey[] tracked, Span<PropertySlot> keys, ref PropertySlot data, ref PropertySlot id)
    {
        var count = 0;
        var reader = new Utf8JsonReader(utf8, s_options);
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                count++;
                var name = reader.ValueSpan;
                var nameIsEscaped = reader.ValueIsEscaped;
                var slot = PropertySlot.Read(ref reader);
                for (var i = 0; i < tracked.Length; i++)
                {
                    if (JsonText.Equals(name, nameIsEscaped, tracked[i].Utf8))
                        keys[i].Replace(slot);
                }

                if (JsonText.Equals(name, nameIsEscaped, "data"u8))
                    data.Replace(slot);
                else if (JsonText.Equals(name, nameIsEscaped, "id"u8))
                    id.Replace(slot);
            }
        }

        // The rest of an array or a scalar, and the end of the text: whatever stands behind the value is an error.
        while (reader.Read()) { }
        return count;
    }

    private static (int Key, int Action) Match(ReadOnlySpan<byte> utf8, RoutingTable routes, Span<PropertySlot> keys)
    {
        var present = -1;
        for (var i = 0; i < routes.KeyCount; i++)
        {
            ref var slot = ref keys[i];
            if (!slot.IsName)
                continue;
            if (routes.Tracked[i].TryGetAction(slot.Text(utf8), slot.Escaped, out var action))
                return (i, action);
            if (present < 0)
                present = i;
        }

        return (present, -1);
    }

    private static ScannedMessage Describe(
        ReadOnlySpan<byte> utf8, RoutingTable routes, Span<PropertySlot> keys, int keyIndex, int action,
        int count, in PropertySlot data, in PropertySlot id, bool alwaysEnveloped)
    {
        var matched = keyIndex < 0 ? default : keys[keyIndex];

        // A channel may route by a property called "data" or "id"; then it is the routing property and nothing else.
        var payload = data.Start == matched.Start ? default : data;
        var correlation = id.Start == matched.Start ? default : id;
        var enveloped = alwaysEnveloped
            || (keyIndex >= 0
                && payload.Occurrences > 0
                && (correlation.Occurrences == 0 || correlation.IsName)
                && count == matched.Occurrences + payload.Occurrences + correlation.Occurrences
                && (action < 0 || !routes.DeclaresData(action)));
        return new ScannedMessage
        {
            Outcome = action < 0 ? ScanOutcome.NotFound : ScanOutcome.Matched,
            Reserved = Reserved(utf8, keys[routes.DefaultKeyIndex]),
            Enveloped = enveloped,
            RepeatsKey = matched.Occurrences > 1,
            Action = action,
            Key = keyIndex < 0 ? null : routes.Tracked[keyIndex],
            KeyValue = matched.Value,
            KeyProperty = matched.Property,
            Id = enveloped && correlation.IsName ? correlation.Value : default,
            Data = enveloped ? payload.Value : default,
        };
    }

    private static ReservedAction Reserved(ReadOnlySpan<byte> utf8, in PropertySlot action)
    {
        if (action.Kind != JsonTokenType.String)
            return ReservedAction.None;
        var text = action.Text(utf8);
        return JsonText.Equals(text, action.Escaped, RemoteCall.Response) ? ReservedAction.RemoteResponse
            : JsonText.Equals(text, action.Escaped, RemoteCall.Pending) ? ReservedAction.RemotePending
            : JsonText.Equals(text, action.Escaped, RemoteCall.Request) ? ReservedAction.RemoteRequest
            : ReservedAction.None;
    }
}
