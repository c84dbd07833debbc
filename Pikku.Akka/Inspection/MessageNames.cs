using System.Text;
using System.Text.Json;
using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Inspection;

/// <summary>Says what a message to a client is, from its first level.</summary>
internal static class MessageNames
{
    private const int Longest = 120; // characters of a name

    /// <summary>The topic of an event, the action of a reply, or the kind of message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="channel">The channel, whose routing keys name the action.</param>
    public static string Of(in EncodedMessage message, CompiledChannel channel)
    {
        if (message.Kind == MessageKind.Close)
            return $"close {(int)CloseMessage.CodeOf(message)}";
        if (message.Kind != MessageKind.Text)
            return "binary";
        if (message.Topic is { } topic)
            return Shorten(topic);
        return message.IsCompressed ? "text" : Read(message.Span, channel) ?? "text";
    }

    /// <summary>The text, cut to the length of a line.</summary>
    public static string Shorten(string text) => text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "…");

    private static string? Read(ReadOnlySpan<byte> json, CompiledChannel channel)
    {
        string? action = null;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan.Length <= Longest ? Encoding.UTF8.GetString(reader.ValueSpan) : "";
                reader.Read();
                if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= 4 * Longest)
                {
                    if (name == SubscriptionProtocol.TopicProperty)
                        return Shorten(reader.GetString()!);
                    if (name == SubscriptionProtocol.Key || channel.Actions.Any(one => one.RoutingKey == name))
                        action ??= Shorten(reader.GetString()!);
                }

                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The application may send any text.
        }

        return action;
    }
}
