using System.Text.Json;
using Pikku.Akka.Protocol;
using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>The JSON of presence and state topics (rules P10 and P11): their events, and the snapshot with all entries.</summary>
internal static class KeyedForm
{
    /// <summary>The event of an entry that was set.</summary>
    /// <param name="isState">True for a state topic.</param>
    /// <param name="key">The entry.</param>
    /// <param name="value">Its value as JSON.</param>
    /// <param name="isNew">True when the entry did not exist.</param>
    public static byte[] Set(bool isState, string key, ReadOnlySpan<byte> value, bool isNew) =>
        isState ? WithKey(key, "value"u8, value) : Info(isNew ? "joined"u8 : "updated"u8, value);

    /// <summary>The event of an entry that was removed.</summary>
    /// <param name="isState">True for a state topic.</param>
    /// <param name="key">The entry.</param>
    /// <param name="value">Its last value as JSON.</param>
    public static byte[] Removed(bool isState, string key, ReadOnlySpan<byte> value) =>
        isState ? WithKey(key, "removed"u8, "true"u8) : Info("left"u8, value);

    /// <summary>All entries: a list of infos, or an object with the values.</summary>
    public static byte[] Snapshot(bool isState, IReadOnlyDictionary<string, KeyedEntry>? entries)
    {
        using var writer = PayloadWriter.Rent();
        writer.Write(isState ? "{"u8 : "["u8);
        var isFirst = true;
        foreach (var (key, entry) in entries ?? new Dictionary<string, KeyedEntry>())
        {
            if (entry.Value is not { } value)
                continue;
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

    private static byte[] Info(ReadOnlySpan<byte> change, ReadOnlySpan<byte> info)
    {
        using var writer = PayloadWriter.Rent();
        writer.Write("{\""u8);
        writer.Write(change);
        writer.Write("\":"u8);
        writer.Write(info);
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
