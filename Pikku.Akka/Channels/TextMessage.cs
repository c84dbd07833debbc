using System.Buffers;
using System.Diagnostics;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;
using Pikku.Akka.Replication;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>A text message: JSON that names an action, or any text for the default handler.</summary>
/// <inheritdoc cref="ClientMessage"/>
internal sealed class TextMessage(Connection connection, byte[] rented, int length) : ClientMessage(connection, rented, length)
{
    private ScannedMessage _scan;
    private IMessageCommit? _commit;
    private MessageStream? _stream;

    /// <summary>The positions of the parts of the message.</summary>
    public ref readonly ScannedMessage Scan => ref _scan;

    public override string Kind => "Text";

    public override bool AnswersErrors => true;

    public override bool TryTakeAsAnswer(out bool expected) => Connection.TryTakeAnswer(Payload.Span, out expected);

    public override MessageStream? Stream => Volatile.Read(ref _stream);

    public override IItemSink OpenStream() => _stream = new MessageStream(this);

    public override bool TryReadReserved(out ReservedMessage reserved) => ReservedMessage.TryRead(Payload.Span, out reserved);

    public override bool HasId(ReadOnlySpan<byte> id)
    {
        if (_stream?.Envelope is { } envelope)
            return id.SequenceEqual(envelope.Id);
        // The search is much faster than the scan, and a client may have many messages that wait.
        if (Payload.Span.IndexOf(id) < 0)
            return false;
        MessageScanner.Scan(Payload.Span, Endpoint.Definition.Routes, Connection.IsEnveloped, out var scan);
        return scan.HasId && id.SequenceEqual(Payload.Span[scan.Id]);
    }

    public override void Conclude(IConnectionLife life, Exception? error)
    {
        if (_stream is not { IsDetached: true })
        {
            base.Conclude(life, error);
            return;
        }

        Connection.Inbox.ReturnCredit(Length);
        life.KeepStream(this);
    }

    public override IMessageCommit? Commit => _commit;

    public override ActivityContext SpanParent =>
        Endpoint.Settings.Trace.ClientContext == ClientTraceContext.Parent && TryReadTrace(out var client) ? client : default;

    public override void Describe(Activity span)
    {
        base.Describe(span);
        // Added to the recorded span only: links that exist before the decision would have to be created for all messages.
        if (Endpoint.Settings.Trace.ClientContext == ClientTraceContext.Link && TryReadTrace(out var client))
            span.AddLink(new ActivityLink(client));
    }

    public override OutboundItem? EncodeResult(ReplyFactory replies) =>
        _commit is { IsDue: true } commit && !IsRealtime ? commit.EncodeReply(replies, this) : Action is null ? null : replies.TextReply(this);

    public override ReplyHead ReadReplyHead()
    {
        if (_stream?.Envelope is { } kept)
            return kept.ToHead(Endpoint.Definition.Routes);
        // A reply of the default handler contains no action. An error reply to a message without a handler contains the action that was requested.
        var isDefault = Action is not null && _scan.Outcome != ScanOutcome.Matched;
        var enveloped = isDefault ? Connection.IsEnveloped : _scan.Enveloped;
        var hasKey = _scan.Key >= 0 && !isDefault;
        var text = Payload.Span;
        var routes = Endpoint.Definition.Routes;
        return new ReplyHead
        {
            Key = hasKey ? routes.Utf8KeyOf(_scan.Key) : default,
            JsonKey = hasKey ? routes.JsonKeyOf(_scan.Key) : default,
            Value = hasKey ? text[_scan.Value] : default,
            Id = _scan.HasId && enveloped ? text[_scan.Id] : default,
            Enveloped = enveloped,
        };
    }

    /// <summary>Copies the parts of the reply other than the payload, so that they outlive the buffer of the message.</summary>
    public ReplyEnvelope CopyReplyHead(bool isItem = false)
    {
        var head = ReadReplyHead();
        var key = head.HasKey ? _scan.Key : (int?)null;
        return new ReplyEnvelope(key, head.Value.ToArray(), head.Id.ToArray(), head.Enveloped, null) { IsItem = isItem };
    }

    // O4: the reply to an action of Pikku's realtime feature is the acknowledgement of an action without a result.
    private bool IsRealtime => _scan.Outcome == ScanOutcome.Matched && Endpoint.Definition.Subscriptions?.IsRealtime(_scan.Action) == true;

    protected override void BindAction()
    {
        ScanPayload();
        if (_scan.IsRpc)
            return;
        var channel = Endpoint.Definition;
        if (_scan.Outcome == ScanOutcome.Matched)
            BindMatched(channel);
        else if (channel.OnMessage is { } handler && (_scan.Outcome == ScanOutcome.NotFound || handler.Mode == InputMode.RawText))
            Bind(handler, Payload);
        else
            RefuseUnmatched();
    }

    // Behind the actions of the application come those of the protocol, and then the two that subscribe, which bind the topic instead.
    private void BindMatched(CompiledChannel channel)
    {
        var reserved = _scan.Action - channel.Actions.Length;
        if (reserved < 0)
            BindAction(channel.Actions[_scan.Action]);
        else if (reserved < channel.Reserved.Length)
            BindAction(channel.Reserved[reserved]);
        else
            BindSubscription(channel.Subscriptions!);
    }

    // The timeout reply contains the action and the id of the message. A stream has copied them, because the buffer has been returned.
    protected override void PrepareTimeout()
    {
        if (_stream is not { IsDetached: true })
            ScanPayload();
    }

    private void ScanPayload() => MessageScanner.Scan(Payload.Span, Endpoint.Definition.Routes, Connection.IsEnveloped, out _scan);

    private void BindAction(BoundAction action)
    {
        var routes = Endpoint.Definition.Routes;
        if (_scan.Enveloped)
        {
            Bind(action, Payload[_scan.Data]);
        }
        else if (action.Runner.NeedsExcision(routes.KeyOf(_scan.Key)))
        {
            var data = new ArrayBufferWriter<byte>(Payload.Length);
            FlatData.Without(Payload.Span, _scan, routes, data);
            Bind(action, data.WrittenMemory);
        }
        else
        {
            Bind(action, Payload);
        }
    }

    private void BindSubscription(SubscriptionRoutes routes)
    {
        var data = _scan.Enveloped ? Payload[_scan.Data] : Payload;
        var name = SubscriptionName.Read(data.Span, Endpoint);
        if (!routes.IsSubscribe(_scan.Action))
        {
            Bind(routes.Unsubscribe, default);
            _commit = new UnsubscribeCommit(this, name);
            return;
        }

        if (!routes.TryFind(name, out var topic, out var values))
            throw new NotFoundError("The channel has no topic of this name that clients may subscribe to.");
        Bind(topic.Action, data);
        var subscription = new ClientSubscription(Connection.GetAuthorization(), topic, name, values) 
        {
            Since = ReadSince(data.Span),
            ReadsRecovery = ReadsRecovery,
        };
        TopicCall = subscription;
        _commit = new SubscribeCommit(this, subscription);
    }

    // Only clients on pikku.v1 know positions (P2), and the reply of Pikku's realtime feature has none (O4).
    private bool ReadsRecovery => Connection.IsEnveloped && !IsRealtime;

    private Position? ReadSince(ReadOnlySpan<byte> data)
    {
        if (!ReadsRecovery)
            return null;
        if (!SubscriptionProtocol.TryReadSince(data, Endpoint.Definition.Routes.ReaderOptions, out var text))
            throw new BadRequestError("The position is not text.");
        if (text is null)
            return null;
        return Position.TryParse(text, out var since) ? since : throw new BadRequestError("The position can't be read.");
    }

    private bool TryReadTrace(out ActivityContext client)
    {
        client = default;
        if (!Connection.IsEnveloped)
            return false;
        EnvelopeTrace.Read(Payload.Span, Endpoint.Definition.Routes.ReaderOptions, out var parent, out var state);
        return TraceContext.TryParse(parent, state, out client);
    }

    private void RefuseUnmatched()
    {
        IsViolation = true;
        Fail(_scan.Outcome == ScanOutcome.Malformed
            ? new BadRequestError("The message is not JSON.")
            : new NotFoundError("The message matches no action."));
    }
}
