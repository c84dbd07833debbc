using System.Buffers.Text;
using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>A client's answer to a call, or its word that the answer takes time (contract L1).</summary>
internal readonly struct RemoteAnswer
{
    /// <summary>Which call.</summary>
    public long Id { get; private init; }

    /// <summary><c>pikku-rpc-pending</c>: the answer takes time, the clock stops. Nothing else is set.</summary>
    public bool IsPending { get; private init; }

    /// <summary>Whether the call succeeded.</summary>
    public bool Ok { get; private init; }

    /// <summary>The result in the text; none when the function returned nothing.</summary>
    public TextRange Result { get; private init; }

    /// <summary>The name of the client's error; empty when it gave none.</summary>
    public string ErrorName { get; private init; }

    /// <summary>The message of the client's error; empty when it gave none.</summary>
    public string ErrorMessage { get; private init; }

    /// <summary>
    /// Reads a message that the scanner has found to be <see cref="ReservedAction.RemoteResponse"/> or
    /// <see cref="ReservedAction.RemotePending"/>. False when it does not say which call or whether it succeeded: to be dropped.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, ReservedAction kind, out RemoteAnswer answer)
    {
        answer = default;
        long? id = null;
        bool? ok = null;
        TextRange result = default, error = default;
        try
        {
            var reader = new Utf8JsonReader(utf8);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan;
                var escaped = reader.ValueIsEscaped;
                var slot = PropertySlot.Read(ref reader);
                if (JsonText.Equals(name, escaped, "id"u8))
                    id = ReadId(utf8, slot);
                else if (JsonText.Equals(name, escaped, "ok"u8))
                    ok = slot.Kind switch { JsonTokenType.True => true, JsonTokenType.False => false, _ => null };
                else if (JsonText.Equals(name, escaped, "result"u8))
                    result = slot.Value;
                else if (JsonText.Equals(name, escaped, "error"u8))
                    error = slot.Value;
            }
        }
        catch (JsonException)
        {
            return false;
        }

        if (id is null || (kind != ReservedAction.RemotePending && ok is null))
            return false;

        var (errorName, errorMessage) = ok == false ? ReadError(utf8, error) : ("", "");
        answer = new RemoteAnswer
        {
            Id = id.Value,
            IsPending = kind == ReservedAction.RemotePending,
            Ok = ok == true,
            Result = ok == true ? result : default,
            ErrorName = errorName,
            ErrorMessage = errorMessage,
        };
        return true;
    }

    private static long? ReadId(ReadOnlySpan<byte> utf8, in PropertySlot slot)
    {
        if (!slot.IsName)
            return null;
        var text = slot.Text(utf8);
        return Utf8Parser.TryParse(text, out long id, out var consumed) && consumed == text.Length ? id : null;
    }

    private static (string Name, string Message) ReadError(ReadOnlySpan<byte> utf8, TextRange error)
    {
        var (name, message) = ("", "");
        if (error.IsNone || utf8[error.Start] != '{')
            return (name, message);

        var text = error.Of(utf8);
        var reader = new Utf8JsonReader(text);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = reader.ValueSpan;
            var escaped = reader.ValueIsEscaped;
            var slot = PropertySlot.Read(ref reader);
            if (slot.Kind != JsonTokenType.String)
                continue;
            if (JsonText.Equals(property, escaped, "name"u8))
                name = JsonText.ToString(slot.Text(text));
            else if (JsonText.Equals(property, escaped, "message"u8))
                message = JsonText.ToString(slot.Text(text));
        }

        return (name, message);
    }
}
