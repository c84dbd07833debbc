using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Encodes the outgoing messages of one channel. If the channel has channel middleware, messages are encoded after it.</summary>
internal sealed class ReplyFactory(CompiledChannel definition, JsonSerializerOptions json)
{
    private readonly JsonSerializerOptions _json = json;
    private readonly bool _hasMiddleware = definition.ChannelMiddleware.Length > 0;

    /// <summary>A message of the application: a string as raw text, bytes as they are, anything else as JSON (C3).</summary>
    /// <param name="connection">The receiver.</param>
    /// <param name="kind">The kind of the message.</param>
    /// <param name="message">The message.</param>
    /// <param name="name">The name in the envelope of a declared message; null for no envelope.</param>
    public OutboundItem Message<T>(Connection connection, OutboundMessageKind kind, T message, string? name)
    {
        if (BinaryValue.TryGet(message, out var bytes))
            return new OutboundItem(Binary(bytes.Span));
        if (_hasMiddleware)
            return new OutboundItem(default, new OutboundMessage(kind, connection, null, message, _json), EnvelopeOf(name)) { Size = message is string text ? text.Length : 0 };
        var type = _json.GetTypeInfo(typeof(T));
        return new OutboundItem(name is null ? Bare(message, type) : Named(name, message, type));
    }

    /// <summary>An event of the hub. All connections share its encoded message, except with channel middleware, where each connection gets its own event.</summary>
    /// <param name="connection">The receiver.</param>
    /// <param name="hubEvent">The event.</param>
    /// <param name="named">The form with a name, for a connection that receives it; null for the form without an envelope.</param>
    public OutboundItem Event(Connection connection, HubEvent hubEvent, NamedMessage? named)
    {
        if (hubEvent.Audience != HubAudience.Topic)
            return Message(connection, hubEvent, named);
        if (!_hasMiddleware || hubEvent.IsBinary)
            return new OutboundItem((connection.KeepsPositions ? hubEvent.Message : hubEvent.Plain) with { IsEvent = true, Topic = hubEvent.Topic });

        var envelope = hubEvent.Raw ? null : new ReplyEnvelope(null, null, null, false, hubEvent.Topic) { Numbered = hubEvent.Number != 0 && connection.KeepsPositions ? hubEvent : null };
        return new OutboundItem(default, new OutboundMessage(OutboundMessageKind.Event, connection, hubEvent.Topic, PayloadOf(hubEvent), _json), envelope) { Size = hubEvent.Message.Length };
    }

    // A message that was sent to a user, or to this connection from another node. It is sent like a message that was sent on this connection.
    private OutboundItem Message(Connection connection, HubEvent message, NamedMessage? named)
    {
        if (!_hasMiddleware || message.IsBinary)
            return new OutboundItem(named?.Encode(message.Payload.Span, _json) ?? message.Message);
        return new OutboundItem(
            default, new OutboundMessage(OutboundMessageKind.Message, connection, null, PayloadOf(message), _json), EnvelopeOf(named?.Name)) { Size = message.Message.Length };
    }

    private static ReplyEnvelope? EnvelopeOf(string? message) => message is null ? null : new ReplyEnvelope(null, null, null, false, null) { Message = message };

    private object? PayloadOf(HubEvent hubEvent) => hubEvent.Original ?? JsonNodes.Parse(hubEvent.Payload.Span, _json);

    /// <summary>A call of a client function (L1).</summary>
    /// <exception cref="ClientCallException">The argument cannot be serialized.</exception>
    public OutboundItem RemoteCall<T>(string id, string function, T? data)
    {
        using var writer = PayloadWriter.Rent();
        try
        {
            RemoteProtocol.WriteRequest(writer, id, function, data, _json);
        }
        catch (Exception e)
        {
            throw new ClientCallException(ClientCallErrorReason.Invalid, ClientCallException.UnnamedError, $"The argument of '{function}' cannot be serialized.", e);
        }

        return new OutboundItem(writer.ToMessage(MessageKind.Text));
    }

    /// <summary>Encodes an event after the channel middleware has processed it.</summary>
    public EncodedMessage Encode(in OutboundItem item)
    {
        var payload = item.Event!.Payload;
        var envelope = item.Envelope;
        if (envelope is not ({ Enveloped: true } or { IsItem: true }) && BinaryValue.TryGet(payload, out var bytes))
            return Binary(bytes.Span);
        var type = _json.GetTypeInfo(payload?.GetType() ?? typeof(object));
        if (envelope is null)
            return Bare(payload, type);
        if (envelope.IsItem)
            return Item(envelope.ToHead(definition.Routes), payload, type);
        if (envelope.Message is { } message)
            return Named(message, payload, type);
        if (envelope.Topic is null)
            return Reply(envelope.ToHead(definition.Routes), payload, type);

        using var writer = PayloadWriter.Rent();
        if (envelope.Numbered is not { } numbered)
        {
            EventWriter.WriteValue(writer, envelope.Topic, payload, type);
            return writer.ToMessage(MessageKind.Text);
        }

        EventWriter.WriteValue(writer, envelope.Topic, payload, type, EventWriter.NumberOf(numbered.Message.Span));
        return writer.ToMessage(MessageKind.Text) with { Position = PositionPart.Event };
    }

    /// <summary>The number of an event that the channel middleware has dropped (P3).</summary>
    public static EncodedMessage Tick(HubEvent numbered)
    {
        using var writer = PayloadWriter.Rent();
        EventWriter.WriteTick(writer, numbered.Topic, EventWriter.NumberOf(numbered.Message.Span));
        return writer.ToMessage(MessageKind.Text) with { Position = PositionPart.Tick };
    }

    /// <summary>The state of a topic as JSON.</summary>
    /// <exception cref="NotSupportedException">The state cannot be serialized.</exception>
    /// <exception cref="JsonException">The state has a cycle or is too deep.</exception>
    public static byte[] EncodeState(object? state, JsonTypeInfo type)
    {
        using var writer = PayloadWriter.Rent();
        ReplyWriter.Serialize(writer, state, type);
        return writer.Written.ToArray();
    }

    /// <summary>The result of <c>onConnect</c>, without an envelope.</summary>
    public OutboundItem ConnectResult(ConnectMessage message)
    {
        if (BinaryValue.TryGet(message.Result, out var bytes))
            return new OutboundItem(Binary(bytes.Span));
        return _hasMiddleware
            ? new OutboundItem(default, new OutboundMessage(OutboundMessageKind.ConnectResult, message.Connection, null, ResultOf(message), _json))
            : new OutboundItem(Bare(message.Result, message.Action.Runner.Output!));
    }

    /// <summary>The result of <c>onBinaryMessage</c>; null when it returned nothing or no bytes.</summary>
    public static OutboundItem? BinaryReply(object? result) =>
        BinaryValue.TryGet(result, out var answer) && !answer.IsEmpty ? new OutboundItem(Binary(answer.Span)) : null;

    /// <summary>The reply to a text message; null when the function returned nothing and the message has neither a routing key nor an envelope to acknowledge.</summary>
    public OutboundItem? TextReply(TextMessage message)
    {
        var head = message.ReadReplyHead();
        if (message.Action.IsStream)
            return new OutboundItem(StreamEnd(head));
        if (!message.HasResult)
            return head.HasKey || head.Enveloped ? new OutboundItem(Acknowledgement(head)) : null;
        if (!head.Enveloped && BinaryValue.TryGet(message.Result, out var bytes))
            return new OutboundItem(Binary(bytes.Span));
        // The replies of the protocol's own actions do not pass channel middleware (H3).
        if (!_hasMiddleware || message.Action.IsReserved)
            return new OutboundItem(Reply(head, message.Result, message.Action.Runner.Output!));

        var reply = new OutboundMessage(OutboundMessageKind.Reply, message.Connection, message.Action.Name, ResultOf(message), _json);
        return new OutboundItem(default, reply, message.CopyReplyHead());
    }

    /// <summary>An item of a stream (R1).</summary>
    public OutboundItem Item(TextMessage message, object? item)
    {
        if (!_hasMiddleware)
            return new OutboundItem(Item(message.ReadReplyHead(), item, message.Action.Runner.Output!));
        var payload = item is RawJson raw ? JsonNodes.Parse(raw.Utf8, _json) : item;
        return new OutboundItem(
            default, new OutboundMessage(OutboundMessageKind.StreamItem, message.Connection, message.Action.Name, payload, _json), message.CopyReplyHead(isItem: true));
    }

    /// <summary>The reply to a subscribe. It bypasses the channel middleware and keeps its place in the order of the messages.</summary>
    /// <param name="message">The message.</param>
    /// <param name="topic">The name of the topic.</param>
    /// <param name="reply">What the client is told of the past; null for nothing.</param>
    public OutboundItem Subscribed(TextMessage message, string topic, SubscribedReply? reply)
    {
        using var writer = PayloadWriter.Rent();
        SubscriptionProtocol.WriteSubscribed(writer, message.ReadReplyHead(), topic, reply, _json);
        return new OutboundItem(writer.ToMessage(MessageKind.Text));
    }

    /// <summary>The reply to an unsubscribe, sent like that to a subscribe.</summary>
    public OutboundItem Unsubscribed(TextMessage message, string topic)
    {
        using var writer = PayloadWriter.Rent();
        SubscriptionProtocol.WriteUnsubscribed(writer, message.ReadReplyHead(), topic, _json);
        return new OutboundItem(writer.ToMessage(MessageKind.Text));
    }

    /// <summary>The notice that the server has ended a subscription.</summary>
    public OutboundItem SubscriptionEnded(string topic, in ErrorInfo error)
    {
        using var writer = PayloadWriter.Rent();
        SubscriptionProtocol.WriteEnded(writer, topic, error, _json);
        return new OutboundItem(writer.ToMessage(MessageKind.Text));
    }

    /// <summary>The error reply to a message.</summary>
    public OutboundItem Error(InboundMessage message, in ErrorInfo info)
    {
        using var writer = PayloadWriter.Rent();
        ErrorWriter.Write(writer, message.ReadReplyHead(), info, _json);
        return new OutboundItem(writer.ToMessage(MessageKind.Text));
    }

    // The result in the form that channel middleware receives.
    private object? ResultOf(InboundMessage message) => message.Result is RawJson raw ? JsonNodes.Parse(raw.Utf8, _json) : message.Result;

    private static EncodedMessage Acknowledgement(in ReplyHead head)
    {
        using var writer = PayloadWriter.Rent();
        ReplyWriter.WriteVoid(writer, head);
        return writer.ToMessage(MessageKind.Text);
    }

    private static EncodedMessage StreamEnd(in ReplyHead head)
    {
        using var writer = PayloadWriter.Rent();
        ReplyWriter.WriteDone(writer, head);
        return writer.ToMessage(MessageKind.Text);
    }

    private static EncodedMessage Item(in ReplyHead head, object? item, JsonTypeInfo type)
    {
        using var writer = PayloadWriter.Rent();
        ReplyWriter.WriteItem(writer, head, item, type);
        return writer.ToMessage(MessageKind.Text);
    }

    private static EncodedMessage Reply(in ReplyHead head, object? value, JsonTypeInfo type)
    {
        if (!head.HasKey && !head.Enveloped)
            return Bare(value, type);
        using var writer = PayloadWriter.Rent();
        if (value is RawJson raw)
            ReplyWriter.WriteJson(writer, head, raw.Utf8);
        else
            ReplyWriter.WriteValue(writer, head, value, type);
        return writer.ToMessage(MessageKind.Text);
    }

    private static EncodedMessage Bare(object? value, JsonTypeInfo type)
    {
        using var writer = PayloadWriter.Rent();
        if (value is RawJson raw)
            writer.Write(raw.Utf8);
        else
            ReplyWriter.WriteMessage(writer, value, type);
        return writer.ToMessage(MessageKind.Text);
    }

    private static EncodedMessage Named(string name, object? value, JsonTypeInfo type)
    {
        using var writer = PayloadWriter.Rent();
        EventWriter.WriteNamed(writer, name, value, type);
        return writer.ToMessage(MessageKind.Text);
    }

    private static EncodedMessage Binary(ReadOnlySpan<byte> bytes)
    {
        using var writer = PayloadWriter.Rent();
        writer.Write(bytes);
        return writer.ToMessage(MessageKind.Binary);
    }
}
