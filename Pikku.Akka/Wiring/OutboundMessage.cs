using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka.Protocol;

namespace Pikku.Akka;

/// <summary>The kind of an outgoing message.</summary>
public enum OutboundMessageKind
{
    /// <summary>The result of a function; the routing key is added after the middleware chain.</summary>
    Reply,

    /// <summary>The result of <c>onConnect</c>.</summary>
    ConnectResult,

    /// <summary>A message of <see cref="IPikkuChannel.TrySend{T}"/>.</summary>
    Message,

    /// <summary>An event of the hub; the topic is added after the middleware chain.</summary>
    Event,

    /// <summary>An item of a stream; the routing key is added after the middleware chain. Dropping an item does not end the stream.</summary>
    StreamItem,
}

/// <summary>An outgoing message as channel middleware sees it: the payload without its envelope.</summary>
public sealed class OutboundMessage
{
    private readonly JsonSerializerOptions _json;
    private JsonNode? _node;
    private bool _parsed;

    internal OutboundMessage(OutboundMessageKind kind, IPikkuChannel channel, string? source, object? payload, JsonSerializerOptions json)
    {
        Kind = kind;
        Channel = channel;
        Source = source;
        Payload = payload;
        _json = json;
    }

    /// <summary>The kind of the message.</summary>
    public OutboundMessageKind Kind { get; }

    /// <summary>The connection that receives it.</summary>
    public IPikkuChannel Channel { get; }

    /// <summary>The action of a reply or a stream item, the topic of an event; otherwise null.</summary>
    public string? Source { get; }

    /// <summary>The payload as the application passed it; JSON (<see cref="JsonNode"/>) when it came from another node or from <see cref="WithPayload"/>.</summary>
    public object? Payload { get; }

    /// <summary>A copy of the payload as JSON, which may be changed and passed on with <see cref="WithPayload"/>; null for the JSON value null.</summary>
    public JsonNode? Json
    {
        get
        {
            if (!_parsed)
            {
                _node = Payload switch
                {
                    JsonNode node => node.DeepClone(),
                    _ => JsonNodes.Of(JsonSerializer.SerializeToElement(Payload, _json)),
                };
                _parsed = true;
            }

            return _node;
        }
    }

    /// <summary>The same event with another payload.</summary>
    /// <param name="payload">The payload; any serializable value.</param>
    public OutboundMessage WithPayload(object? payload) => new(Kind, Channel, Source, payload, _json);
}
