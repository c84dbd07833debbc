using System.Buffers;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>A text message: JSON that names an action, or any text for the default handler.</summary>
/// <inheritdoc cref="ClientMessage"/>
internal sealed class TextMessage(Connection connection, byte[] rented, int length) : ClientMessage(connection, rented, length)
{
    private ScannedMessage _scan;

    /// <summary>The positions of the parts of the message.</summary>
    public ref readonly ScannedMessage Scan => ref _scan;

    public override string Kind => "Text";

    public override bool AnswersErrors => true;

    public override bool TryTakeAsAnswer(out bool expected) => Connection.TryTakeAnswer(Payload.Span, out expected);

    public override OutboundItem? EncodeResult(ReplyFactory replies) => Action is null ? null : replies.TextReply(this);

    public override ReplyHead ReadReplyHead()
    {
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

    protected override void BindAction()
    {
        ScanPayload();
        if (_scan.IsRpc)
            return;
        var channel = Endpoint.Definition;
        if (_scan.Outcome == ScanOutcome.Matched)
            BindAction(channel.ActionAt(_scan.Action));
        else if (channel.OnMessage is { } handler && (_scan.Outcome == ScanOutcome.NotFound || handler.Mode == InputMode.RawText))
            Bind(handler, Payload);
        else
            RefuseUnmatched();
    }

    // The timeout reply contains the action and the id of the message.
    protected override void PrepareTimeout() => ScanPayload();

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

    private void RefuseUnmatched()
    {
        IsViolation = true;
        Fail(_scan.Outcome == ScanOutcome.Malformed
            ? new BadRequestError("The message is not JSON.")
            : new NotFoundError("The message matches no action."));
    }
}
