namespace Pikku.Akka.Clients;

/// <summary>What the reply to a subscribe says. Accepts any JSON, because older servers reply with less.</summary>
internal readonly record struct PikkuRecovery
{
    /// <summary>True if everything behind the position of the client follows.</summary>
    public bool IsComplete { get; private init; }

    /// <summary>The reason why nothing is replayed, if nothing is.</summary>
    public PikkuLossReason Reason { get; private init; }

    /// <summary>The position behind which the events of the server follow; null if the topic keeps no history.</summary>
    public PikkuPosition? Position { get; private init; }

    /// <summary>The number of messages that replay events.</summary>
    public long Replayed { get; private init; }

    /// <summary>The state of the topic; undefined if the reply has none.</summary>
    public JsonElement State { get; private init; }

    public static PikkuRecovery Read(JsonElement reply)
    {
        if (reply.ValueKind != JsonValueKind.Object)
            return default;
        return new PikkuRecovery
        {
            IsComplete = Text(reply, "recovery") == "complete",
            Reason = Text(reply, "reason") switch
            {
                "expired" => PikkuLossReason.Expired,
                "limit" => PikkuLossReason.Limit,
                _ => PikkuLossReason.Unknown,
            },
            Position = Text(reply, "position") is { } position ? PikkuPosition.Read(position) : null,
            Replayed = reply.TryGetProperty("replayed", out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt64(out var number) ? number : 0,
            State = ReadState(reply),
        };
    }

    // The reply for a presence topic has the infos as its state, and their keys beside it.
    private static JsonElement ReadState(JsonElement reply)
    {
        if (!reply.TryGetProperty("snapshot", out var state))
            return default;
        if (state.ValueKind != JsonValueKind.Array || !reply.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
            return state;
        return PikkuText.Parse(PikkuText.Write(writer =>
        {
            writer.WriteStartArray("entries");
            foreach (var (key, info) in keys.EnumerateArray().Zip(state.EnumerateArray()))
            {
                writer.WriteStartObject();
                writer.WritePropertyName("key");
                key.WriteTo(writer);
                writer.WritePropertyName("info");
                info.WriteTo(writer);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        })).GetProperty("entries");
    }

    private static string? Text(JsonElement reply, string name) =>
        reply.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
