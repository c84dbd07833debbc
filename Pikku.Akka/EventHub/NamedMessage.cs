using System.Runtime.CompilerServices;
using System.Text.Json;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.EventHub;

/// <summary>The form of a declared message on <c>pikku.v1</c>, with its name. It is encoded for the first connection that needs it, and shared by all of them.</summary>
/// <param name="name">The name of the message.</param>
internal sealed class NamedMessage(string name)
{
    private StrongBox<EncodedMessage>? _encoded;

    public string Name => name;

    /// <summary>The message in its envelope.</summary>
    /// <param name="payload">The message without an envelope.</param>
    /// <param name="json">The JSON options of the application.</param>
    public EncodedMessage Encode(ReadOnlySpan<byte> payload, JsonSerializerOptions json)
    {
        if (Volatile.Read(ref _encoded) is { } known)
            return known.Value;
        using var writer = PayloadWriter.Rent();
        EventWriter.WriteNamedJson(writer, name, payload, json);
        var encoded = new StrongBox<EncodedMessage>(writer.ToSharedMessage(MessageKind.Text));
        return (Interlocked.CompareExchange(ref _encoded, encoded, null) ?? encoded).Value;
    }
}
