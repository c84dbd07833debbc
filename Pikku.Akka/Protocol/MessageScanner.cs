using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>
/// Finds out what a message is in one pass over its text: which action, which form, where the data is, and whether it is JSON at all
/// (contract B1–B6). Makes no objects.
/// </summary>
internal static class MessageScanner
{
    private const int MaxKeysOnStack = 16;

    public static void Scan(ReadOnlySpan<byte> text, RoutingTable routes, bool alwaysEnveloped, out ScannedMessage message)
    {
        message = new ScannedMessage { Outcome = ScanOutcome.NotFound, Action = -1, Key = -1 };
        Span<Candidate> candidates = routes.KeyCount <= MaxKeysOnStack ? stackalloc Candidate[MaxKeysOnStack] : new Candidate[routes.KeyCount];
        candidates = candidates[..routes.KeyCount];
        candidates.Clear();
        var others = 0;
        try
        {
            var reader = new Utf8JsonReader(text);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
                ScanObject(ref reader, routes, candidates, ref message, ref others);
            else
                reader.Skip();
            reader.Read(); // anything behind the value is no JSON
        }
        catch (JsonException)
        {
            message = new ScannedMessage { Outcome = ScanOutcome.Malformed, Action = -1, Key = -1, Enveloped = alwaysEnveloped };
            return;
        }

        Decide(candidates, others, alwaysEnveloped, ref message);
    }

    private static void ScanObject(
        ref Utf8JsonReader reader, RoutingTable routes, scoped Span<Candidate> candidates, ref ScannedMessage message, ref int others)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = KeyAt(ref reader, routes);
            var isAction = reader.ValueTextEquals("action"u8);
            var isData = key < 0 && reader.ValueTextEquals("data"u8);
            var isId = key < 0 && !isData && reader.ValueTextEquals("id"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (isAction)
                message.IsRpc = IsRpc(ref reader);

            if (key >= 0)
                candidates[key] = Candidate.Of(ref reader, routes, key);
            else if (isId && reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
                (message.HasId, message.Id) = (true, start..(int)reader.BytesConsumed);
            else if (!isData)
                others++;

            reader.Skip();
            if (isData)
                message.Data = start..(int)reader.BytesConsumed;
        }
    }

    private static int KeyAt(ref Utf8JsonReader reader, RoutingTable routes)
    {
        for (var key = 0; key < routes.KeyCount; key++)
            if (reader.ValueTextEquals(routes.Utf8KeyOf(key)))
                return key;
        return -1;
    }

    // Keys are tried in the order of the wiring, not in that of the message.
    private static void Decide(ReadOnlySpan<Candidate> candidates, int others, bool alwaysEnveloped, ref ScannedMessage message)
    {
        var present = 0;
        var chosen = -1;
        for (var key = candidates.Length - 1; key >= 0; key--)
        {
            if (!candidates[key].IsPresent)
                continue;
            present++;
            // A later key names an action only if no earlier one does; without any, the first that can be echoed correlates the error.
            if (candidates[key].HasAction || (candidates[key].CanEcho && !(chosen >= 0 && candidates[chosen].HasAction)))
                chosen = key;
        }

        var declaresData = false;
        if (chosen >= 0)
        {
            ref readonly var candidate = ref candidates[chosen];
            message.Key = chosen;
            message.Value = candidate.Start..candidate.End;
            if (candidate.HasAction)
            {
                message.Action = candidate.Action;
                message.Outcome = ScanOutcome.Matched;
                declaresData = candidate.DeclaresData;
            }
        }

        var hasData = message.Data.End.Value > 0;
        message.Enveloped = alwaysEnveloped || (hasData && others == 0 && present == 1 && chosen >= 0 && !declaresData);
    }

    private static bool IsRpc(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String &&
        (reader.ValueTextEquals(RemoteProtocol.Response) || reader.ValueTextEquals(RemoteProtocol.Pending) ||
            reader.ValueTextEquals(RemoteProtocol.Request));

    private struct Candidate
    {
        public int Start;
        public int End;
        public int Action;
        public bool DeclaresData;
        public bool IsPresent;
        public bool CanEcho;
        public bool HasAction;

        private const int LongestEscapedName = 256; // a name is looked up once it is unescaped; longer ones name no action

        public static Candidate Of(ref Utf8JsonReader reader, RoutingTable routes, int key)
        {
            var candidate = new Candidate { IsPresent = true, Action = -1 };
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
                return candidate;
            candidate.CanEcho = true;
            candidate.Start = (int)reader.TokenStartIndex;
            candidate.End = (int)reader.BytesConsumed;
            candidate.Action = Find(ref reader, routes, key, out candidate.DeclaresData);
            candidate.HasAction = candidate.Action >= 0;
            return candidate;
        }

        private static int Find(ref Utf8JsonReader reader, RoutingTable routes, int key, out bool declaresData)
        {
            if (!reader.ValueIsEscaped)
                return routes.Find(key, reader.ValueSpan, out declaresData);
            declaresData = false;
            if (reader.ValueSpan.Length > LongestEscapedName)
                return -1;
            try
            {
                Span<byte> unescaped = stackalloc byte[LongestEscapedName];
                return routes.Find(key, unescaped[..reader.CopyString(unescaped)], out declaresData);
            }
            catch (InvalidOperationException)
            {
                return -1; // half of a surrogate pair is JSON, and no text
            }
        }
    }
}
