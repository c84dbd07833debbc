using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Makes what goes out to the clients of one channel. Where there is channel middleware, it leaves to it what it is to see.</summary>
internal sealed class ReplyFactory(ChannelEndpoint runtime)
{
    private readonly JsonSerializerOptions _json = runtime.Json;

    /// <summary>What an exchange that is over sends; null for nothing.</summary>
    public OutboundItem? For(Exchange exchange)
    {
        if (exchange.Error is { } error)
            return ForError(exchange, error);
        try
        {
            return ForResult(exchange);
        }
        catch (Exception e)
        {
            exchange.Fail(e);
            return ForError(exchange, e);
        }
    }

    /// <summary>A message of the application: a string as raw text, bytes as they are, anything else as JSON (C3).</summary>
    public OutboundItem Message<T>(Connection channel, ChannelEventKind kind, T message)
    {
        if (BinaryValue.TryGet(message, out var bytes))
            return new OutboundItem(Binary(bytes.Span));
        return runtime.HasChannelMiddleware
            ? new OutboundItem(default, new ChannelEvent(kind, channel, null, message, _json)) { Size = message is string text ? text.Length : 0 }
            : new OutboundItem(Bare(message, _json.GetTypeInfo(typeof(T))));
    }

    /// <summary>An event of the hub. Its message is shared; with channel middleware each connection gets an event of its own.</summary>
    public OutboundItem Event(Connection channel, HubEvent hubEvent)
    {
        if (hubEvent.Audience != HubAudience.Topic)
            return Message(channel, hubEvent);
        if (!runtime.HasChannelMiddleware || hubEvent.IsBinary)
            return new OutboundItem(hubEvent.Message with { IsEvent = true, Topic = hubEvent.Topic });

        var envelope = hubEvent.Raw ? null : new ReplyEnvelope(null, null, null, false, hubEvent.Topic);
        return new OutboundItem(default, new ChannelEvent(ChannelEventKind.Event, channel, hubEvent.Topic, PayloadOf(hubEvent), _json), envelope) { Size = hubEvent.Message.Length };
    }

    // What somebody sent to the user or, from another node, to the connection: as if it had been sent here.
    private OutboundItem Message(Connection channel, HubEvent message)
    {
        if (!runtime.HasChannelMiddleware || message.IsBinary)
            return new OutboundItem(message.Message);
        return new OutboundItem(default, new ChannelEvent(ChannelEventKind.Send, channel, null, PayloadOf(message), _json)) { Size = message.Message.Length };
    }

    private object? PayloadOf(HubEvent hubEvent) => hubEvent.Original ?? JsonNodes.Parse(hubEvent.Payload.Span, _json);

    /// <summary>A call of a function of the client (L1).</summary>
    /// <exception cref="ChannelRpcException">The argument can't be serialised.</exception>
    public OutboundItem RemoteCall<T>(string id, string function, T? data)
    {
        using var writer = PayloadWriter.Rent();
        try
        {
            RemoteProtocol.WriteRequest(writer, id, function, data, _json);
        }
        catch (Exception e)
        {
            throw new ChannelRpcException(ChannelRpcError.Invalid, nameof(ChannelRpcError), $"The argument of '{function}' can't be serialised.", e);
        }

        return new OutboundItem(writer.ToMessage(MessageKind.Text));
    }

    /// <summary>Encodes an event that has come through the channel middleware.</summary>
    public EncodedMessage Encode(in OutboundItem item)
    {
        var payload = item.Event!.Payload;
        var envelope = item.Envelope;
        if (envelope?.Enveloped != true && BinaryValue.TryGet(payload, out var bytes))
            return Binary(bytes.Span);
        var type = _json.GetTypeInfo(payload?.GetType() ?? typeof(object));
        if (envelope is null)
            return Bare(payload, type);
        if (envelope.Topic is null)
            return Reply(HeadOf(envelope), payload, type);

        using var writer = PayloadWriter.Rent();
        EventWriter.WriteValue(writer, envelope.Topic, payload, type);
        return writer.ToMessage(MessageKind.Text);
    }

    private OutboundItem? ForResult(Exchange exchange)
    {
        switch (exchange.Kind)
        {
            case ExchangeKind.Binary:
                return BinaryValue.TryGet(exchange.Result, out var answer) && !answer.IsEmpty ? new OutboundItem(Binary(answer.Span)) : null;
            case ExchangeKind.Connect:
                return exchange.HasResult ? ConnectResult(exchange) : null;
            case ExchangeKind.Text when exchange.Action is not null:
                return TextReply(exchange);
            default:
                return null;
        }
    }

    // As channel middleware sees it.
    private object? ResultOf(Exchange exchange) => exchange.Result is RawJson raw ? JsonNodes.Parse(raw.Utf8, _json) : exchange.Result;

    private OutboundItem ConnectResult(Exchange exchange)
    {
        if (BinaryValue.TryGet(exchange.Result, out var bytes))
            return new OutboundItem(Binary(bytes.Span));
        return runtime.HasChannelMiddleware
            ? new OutboundItem(default, new ChannelEvent(ChannelEventKind.ConnectResult, exchange.Channel, null, ResultOf(exchange), _json))
            : new OutboundItem(Bare(exchange.Result, exchange.Action.Runner.Output!));
    }

    private OutboundItem? TextReply(Exchange exchange)
    {
        var head = HeadOf(exchange);
        if (!exchange.HasResult)
            return head.HasKey || head.Enveloped ? new OutboundItem(Acknowledgement(head)) : null;
        if (!head.Enveloped && BinaryValue.TryGet(exchange.Result, out var bytes))
            return new OutboundItem(Binary(bytes.Span));
        if (!runtime.HasChannelMiddleware)
            return new OutboundItem(Reply(head, exchange.Result, exchange.Action.Runner.Output!));

        var reply = new ChannelEvent(ChannelEventKind.Reply, exchange.Channel, exchange.Action.Name, ResultOf(exchange), _json);
        var key = head.HasKey ? exchange.Scan.Key : (int?)null;
        return new OutboundItem(default, reply, new ReplyEnvelope(key, head.Value.ToArray(), head.Id.ToArray(), head.Enveloped, null));
    }

    /// <summary>What an error sends; null where nothing is told.</summary>
    public OutboundItem? ForError(Exchange exchange, Exception error)
    {
        var info = runtime.Errors.For(error);
        try
        {
            Record(exchange, error, info);
        }
        catch (Exception)
        {
            // A log that can't be written, or an exception that can't be printed, must not cost the client its answer.
        }

        if (exchange.Kind is ExchangeKind.Binary or ExchangeKind.Event or ExchangeKind.Disconnect)
            return null; // J1: nothing is sent; and nobody asked for the others
        using var writer = PayloadWriter.Rent();
        ErrorWriter.Write(writer, HeadOf(exchange), info, _json);
        return new OutboundItem(writer.ToMessage(MessageKind.Text));
    }

    private void Record(Exchange exchange, Exception error, in ErrorInfo info)
    {
        var channel = exchange.Channel;
        runtime.Metrics.Failed(channel.Name, info.Name);
        var label = exchange.Action?.Label ?? "a message";
        if (exchange.Kind == ExchangeKind.Event)
        {
            runtime.Log.EventHandlerFailed(exchange.HubEvent!.Topic, channel.Id, error);
        }
        else if (exchange.Kind == ExchangeKind.Binary)
        {
            runtime.Metrics.BinaryFailed(channel.Name);
            runtime.Log.BinaryFailed(channel.Name, channel.Id, error);
        }
        else if (info.ErrorId is { } id)
        {
            runtime.Log.Failed(label, channel.Id, id, error);
        }
        else
        {
            runtime.Log.Refused(label, channel.Id, info.Name, error);
        }
    }

    private static EncodedMessage Acknowledgement(in ReplyHead head)
    {
        using var writer = PayloadWriter.Rent();
        ReplyWriter.WriteVoid(writer, head);
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
        if (value is string text)
            Encoding.UTF8.GetBytes(text, writer);
        else if (value is RawJson raw)
            writer.Write(raw.Utf8);
        else
            ReplyWriter.Serialize(writer, value, type);
        return writer.ToMessage(MessageKind.Text);
    }

    private static EncodedMessage Binary(ReadOnlySpan<byte> bytes)
    {
        using var writer = PayloadWriter.Rent();
        writer.Write(bytes);
        return writer.ToMessage(MessageKind.Binary);
    }

    private ReplyHead HeadOf(Exchange exchange)
    {
        var scan = exchange.Scan;
        if (exchange.Kind != ExchangeKind.Text)
            return new ReplyHead { Enveloped = exchange.Channel.IsEnveloped && exchange.Kind == ExchangeKind.Connect && exchange.Error is not null };
        // What the default handler answers has no action; what nobody answers is told which one it asked for.
        var isDefault = exchange.Action is not null && scan.Outcome != ScanOutcome.Matched;
        var enveloped = isDefault ? exchange.Channel.IsEnveloped : scan.Enveloped;
        var hasKey = scan.Key >= 0 && !isDefault;
        var text = exchange.Frame.Span;
        var routes = runtime.Definition.Routes;
        return new ReplyHead
        {
            Key = hasKey ? routes.Utf8KeyOf(scan.Key) : default,
            JsonKey = hasKey ? routes.JsonKeyOf(scan.Key) : default,
            Value = hasKey ? text[scan.Value] : default,
            Id = scan.HasId && enveloped ? text[scan.Id] : default,
            Enveloped = enveloped,
        };
    }

    private ReplyHead HeadOf(ReplyEnvelope envelope) => new()
    {
        Key = envelope.Key is { } key ? runtime.Definition.Routes.Utf8KeyOf(key) : default,
        JsonKey = envelope.Key is { } jsonKey ? runtime.Definition.Routes.JsonKeyOf(jsonKey) : default,
        Value = envelope.Key is null ? default : envelope.Value,
        Id = envelope.Id,
        Enveloped = envelope.Enveloped,
    };
}
