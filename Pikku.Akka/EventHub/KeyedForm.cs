using System.Text.Json;
using Pikku.Akka.Protocol;
using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>The JSON of presence and state topics (rules P10 and P11): their events, and the snapshot with all entries.</summary>
/// <remarks>
/// Presence names the key of each entry as well. Several connections may have the same info, and a replay omits changes that a later one has replaced, so a client
/// that compared infos would remove or keep the wrong one.
/// </remarks>
internal static class KeyedForm
{
    /// <summary>The event of an entry that was set.</summary>
    /// <param name="isState">True for a state topic.</param>
    /// <param name="key">The entry.</param>
    /// <param name="value">Its value as JSON.</param>
    /// <param name="isNew">True when the entry did not exist.</param>
    public static byte[] Set(bool isState, string key, ReadOnlySpan<byte> value, bool isNew) =>
        isState ? WithKey(key, "value"u8, value) : Info(isNew ? "joined"u8 : "updated"u8, value, key);

    /// <summary>The event of an entry that was removed.</summary>
    /// <param name="isState">True for a state topic.</param>
    /// <param name="key">The entry.</param>
    /// <param name="value">Its last value as JSON.</param>
    public static byte[] Removed(bool isState, string key, ReadOnlySpan<byte> value) =>
        isState ? WithKey(key, "removed"u8, "true"u8) : Info("left"u8, value, key);

    /// <summary>All entries: a list of infos, or an object with the values.</summary>
    public static byte[] Snapshot(bool isState, IReadOnlyDictionary<string, KeyedEntry>? entries)
    {
        using var writer = PayloadWriter.Rent();
        writer.Write(isState ? "{"u8 : "["u8);
        var isFirst = true;
        foreach (var (key, value) in Present(entries))
        {
            if (!isFirst)
                writer.Write(","u8);
            isFirst = false;
            if (isState)
            {
                WriteText(writer, key);
                writer.Write(":"u8);
            }

            writer.Write(value);
        }

        writer.Write(isState ? "}"u8 : "]"u8);
        return writer.Written.ToArray();
    }

    /// <summary>The keys of all entries of a presence topic, in the order of the infos of <see cref="Snapshot"/>.</summary>
    public static byte[] Keys(IReadOnlyDictionary<string, KeyedEntry>? entries)
    {
        using var writer = PayloadWriter.Rent();
        using (var json = new Utf8JsonWriter(writer))
        {
            json.WriteStartArray();
            foreach (var (key, _) in Present(entries))
                json.WriteStringValue(key);
            json.WriteEndArray();
        }

        return writer.Written.ToArray();
    }

    private static IEnumerable<(string Key, byte[] Value)> Present(IReadOnlyDictionary<string, KeyedEntry>? entries)
    {
        foreach (var (key, entry) in entries ?? new Dictionary<string, KeyedEntry>())
        {
            if (entry.Value is { } value)
                yield return (key, value);
        }
    }

    private static byte[] Info(ReadOnlySpan<byte> change, ReadOnlySpan<byte> info, string key)
    {
        using var writer = PayloadWriter.Rent();
        writer.Write("{\""u8);
        writer.Write(change);
        writer.Write("\":"u8);
        writer.Write(info);
        writer.Write(",\"key\":"u8);
        WriteText(writer, key);
        writer.Write("}"u8);
        return writer.Written.ToArray();
    }

    private static byte[] WithKey(string key, ReadOnlySpan<byte> property, ReadOnlySpan<byte> value)
    {
        using var writer = PayloadWriter.Rent();
        writer.Write("{\"key\":"u8);
        WriteText(writer, key);
        writer.Write(",\""u8);
        writer.Write(property);
        writer.Write("\":"u8);
        writer.Write(value);
        writer.Write("}"u8);
        return writer.Written.ToArray();
    }

    private static void WriteText(PayloadWriter writer, string text)
    {
        using var json = new Utf8JsonWriter(writer);
        json.WriteStringValue(text);
    }
}
