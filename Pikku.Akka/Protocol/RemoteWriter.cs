using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Protocol;

/// <summary>Writes calls of functions that the client exposes (contract L1).</summary>
/// <param name="options">How the application wants JSON written.</param>
internal sealed class RemoteWriter(JsonSerializerOptions options)
{
    private static readonly JsonEncodedText s_action = JsonEncodedText.Encode(RoutingTable.DefaultKey);
    private static readonly JsonEncodedText s_id = JsonEncodedText.Encode("id");
    private static readonly JsonEncodedText s_funcName = JsonEncodedText.Encode("funcName");
    private static readonly JsonEncodedText s_data = JsonEncodedText.Encode("data");

    /// <param name="id">Counts the calls of one connection.</param>
    /// <param name="function">The name under which the client exposes it.</param>
    /// <param name="data">The argument; null sends none.</param>
    /// <param name="info">How the argument is serialised.</param>
    /// <exception cref="NotSupportedException">The argument can't be serialised.</exception>
    /// <exception cref="JsonException">The argument has a cycle or is too deep.</exception>
    public OutboundFrame Request(long id, string function, object? data, JsonTypeInfo info)
    {
        Span<char> digits = stackalloc char[20];
        id.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);

        using var writer = FrameWriter.Rent(options);
        var json = writer.BeginJson();
        json.WriteStartObject();
        json.WriteString(s_action, RemoteCall.Request);
        json.WriteString(s_id, digits[..length]);
        json.WriteString(s_funcName, function);
        if (data is not null)
        {
            json.WritePropertyName(s_data);
            JsonSerializer.Serialize(json, data, info);
        }

        json.WriteEndObject();
        writer.EndJson();
        return writer.Complete(Opcode.Text);
    }
}
