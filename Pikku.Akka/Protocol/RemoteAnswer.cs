using System.Text.Json;

namespace Pikku.Akka.Protocol;

/// <summary>A client's answer to a call, or its notice that the answer is pending (rule L1).</summary>
internal readonly struct RemoteAnswer
{
    // The id must be found regardless of the depth of the result; the reader of the result checks the depth.
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = int.MaxValue };

    /// <summary>The id of the call.</summary>
    public string Id { get; private init; }

    /// <summary><c>pikku-rpc-pending</c>: the answer is pending and the timeout stops. Only <see cref="Id"/> is set as well.</summary>
    public bool IsPending { get; private init; }

    /// <summary>True when the call succeeded; every value except <c>true</c> means failure.</summary>
    public bool Ok { get; private init; }

    /// <summary>The position of the result in the message; empty when the function returned nothing.</summary>
    public Range Result { get; private init; }

    public bool HasResult => Result.End.Value > 0;

    /// <summary>The name of the client's error; null when the client sent none.</summary>
    public string? ErrorName { get; private init; }

    /// <summary>The message of the client's error; null when the client sent none.</summary>
    public string? ErrorMessage { get; private init; }

    /// <summary>
    /// Reads a message. Returns false when it is not an answer or has no id, so that it is routed like other messages. Never throws.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out RemoteAnswer answer)
    {
        answer = default;
        PropertySlot action = default, id = default, ok = default, result = default, error = default;
        try
        {
            var reader = new Utf8JsonReader(message, s_options);
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan;
                var escaped = reader.ValueIsEscaped;
                var slot = PropertySlot.Read(ref reader);
                if (JsonText.Equals(name, escaped, "action"u8))
                    action = slot;
                else if (JsonText.Equals(name, escaped, "id"u8))
                    id = slot;
                else if (JsonText.Equals(name, escaped, "ok"u8))
                    ok = slot;
                else if (JsonText.Equals(name, escaped, "result"u8))
                    result = slot;
                else if (JsonText.Equals(name, escaped, "error"u8))
                    error = slot;
            }

            // Text after the object means that the message is not JSON.
            while (reader.Read()) { }
        }
        catch (JsonException)
        {
            return false;
        }

        if (action.Kind != JsonTokenType.String || !id.IsName)
            return false;
        if (JsonText.Equals(action.Text(message), action.Escaped, RemoteProtocol.Pending))
            answer = new RemoteAnswer { Id = JsonText.ToString(id.Text(message)), IsPending = true };
        else if (JsonText.Equals(action.Text(message), action.Escaped, RemoteProtocol.Response))
            answer = Response(message, id, ok, result, error);
        else
            return false;
        return true;
    }

    private static RemoteAnswer Response(
        ReadOnlySpan<byte> message, in PropertySlot id, in PropertySlot ok, in PropertySlot result, in PropertySlot error)
    {
        var isOk = ok.Kind == JsonTokenType.True;
        var (name, text) = !isOk && error.Kind == JsonTokenType.StartObject ? ReadError(message[error.Value]) : (null, null);
        return new RemoteAnswer
        {
            Id = JsonText.ToString(id.Text(message)),
            Ok = isOk,
            Result = isOk ? result.Value : default,
            ErrorName = name,
            ErrorMessage = text,
        };
    }

    private static (string? Name, string? Message) ReadError(ReadOnlySpan<byte> error)
    {
        string? name = null, message = null;
        var reader = new Utf8JsonReader(error, s_options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var property = reader.ValueSpan;
            var escaped = reader.ValueIsEscaped;
            var slot = PropertySlot.Read(ref reader);
            if (JsonText.Equals(property, escaped, "name"u8))
                name = slot.IsName ? JsonText.ToString(slot.Text(error)) : null;
            else if (JsonText.Equals(property, escaped, "message"u8))
                message = slot.IsName ? JsonText.ToString(slot.Text(error)) : null;
        }

        return (name, message);
    }
}
