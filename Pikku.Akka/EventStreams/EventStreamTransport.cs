using System.IO.Pipelines;
using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;
using Pikku.Akka.Requests;

namespace Pikku.Akka.EventStreams;

/// <summary>
/// The transport of a connection whose client receives an event stream. It writes nothing before <see cref="Begin"/>, because the request may still be refused with a
/// status. Then it writes all waiting messages to the body of the response and flushes them together. While it is idle, neither it nor the body holds a buffer.
/// </summary>
/// <remarks>
/// A client of an event stream cannot answer pings. A ping is a comment, and the server counts the client as alive when its bytes have been accepted. A client that
/// has disappeared therefore ends like one that reads nothing: its buffers fill, and then the ping timeout or the stall timeout ends the connection.
/// </remarks>
/// <param name="cutoff">Aborts the request.</param>
/// <param name="topic">The name of the topic.</param>
internal sealed class EventStreamTransport(RequestCutoff cutoff, string topic) : RequestTransport(cutoff)
{
    // Shows that a client that reads parts of a large message is not stalled, and limits what the server buffers.
    private const int SliceSize = 64 * 1024; // bytes

    /// <summary>The value of <see cref="Kind"/>.</summary>
    public const string EventStream = "event-stream";

    private const string Dropped = "limit"; // P4: more than the client can take

    private readonly string _topic = topic;
    private PipeWriter? _body;
    private StreamPosition? _position;
    private ActivityClock? _activity;
    private volatile bool _begun;

    public override string Kind => EventStream;

    public override bool ServesOneSubscription => true;

    public override bool KeepsPosition => true;

    /// <summary>The close code that the server has sent; 1006 before.</summary>
    public int CloseCode { get; private set; } = CloseMessage.NoClose;

    /// <summary>True when messages are written.</summary>
    public bool HasBegun => _begun;

    // The barrier: a message that is added while the stream begins is seen by this check or by the run that Begin starts.
    protected override bool IsWritable
    {
        get
        {
            Interlocked.MemoryBarrier();
            return _begun;
        }
    }

    /// <summary>Starts to write, after the headers of the response have been sent.</summary>
    /// <param name="body">The body of the response, which nobody else uses from now on.</param>
    /// <param name="activity">Learns that the client is alive.</param>
    /// <param name="position">The position of the stream; null for a topic without history.</param>
    public void Begin(PipeWriter body, ActivityClock activity, StreamPosition? position)
    {
        _position = position;
        _body = body;
        _activity = activity;
        _begun = true;
        WriteNow();
    }

    /// <summary>Ends a connection whose stream has not begun, and discards its messages.</summary>
    public void EndBeforeBegin() => Discard();

    protected override async ValueTask<long> WriteAsync(List<EncodedMessage> messages)
    {
        var written = 0L;
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Length > SliceSize && messages[i].Kind == MessageKind.Text)
                written += await WriteLargeAsync(messages[i]);
            else
                Write(messages[i]);
        }

        return written + await FlushAsync();
    }

    private void Write(in EncodedMessage message)
    {
        switch (message.Kind)
        {
            case MessageKind.Text when message.Position is PositionPart.Tick or PositionPart.Refresh:
                WritePosition(message);
                break;
            case MessageKind.Text when message.Position == PositionPart.Event:
                WriteNumbered(message);
                break;
            case MessageKind.Text:
                var afterReturn = false;
                EventStreamFormat.BeginText(_body!);
                EventStreamFormat.WriteText(_body!, message.Span, ref afterReturn);
                EventStreamFormat.EndText(_body!);
                break;
            case MessageKind.Binary:
                EventStreamFormat.WriteBinary(_body!, message.Span);
                break;
            case MessageKind.Close:
                CloseCode = (int)CloseMessage.CodeOf(message);
                EventStreamFormat.WriteClose(_body!, message);
                break;
            case MessageKind.Ping:
                EventStreamFormat.WriteComment(_body!);
                break;
            case MessageKind.Pong:
                break; // a client of an event stream sends no pings
        }
    }

    // The number of the event becomes a part of the position, so the data is what a client without positions gets.
    private void WriteNumbered(in EncodedMessage message)
    {
        Advance(message);
        var afterReturn = false;
        EventStreamFormat.BeginText(_body!);
        EventStreamFormat.WriteText(_body!, EventWriter.WithoutNumber(message.Span), ref afterReturn);
        EventStreamFormat.EndNumbered(_body!, _position!.ToString());
    }

    private void WritePosition(in EncodedMessage message)
    {
        if (message.Position == PositionPart.Tick)
            Advance(message);
        else if (!_position!.TryRefresh(EventWriter.PositionOf(message.Span)))
            EventStreamFormat.WriteLost(_body!, _topic, Dropped);
        EventStreamFormat.WriteId(_body!, _position!.ToString());
    }

    private void Advance(in EncodedMessage message)
    {
        if (!_position!.TryAdvance(EventWriter.PositionOf(message.Span)))
            EventStreamFormat.WriteLost(_body!, _topic, Dropped);
    }

    private async ValueTask<long> WriteLargeAsync(EncodedMessage message)
    {
        var written = 0L;
        var afterReturn = false;
        var text = message.Memory;
        if (message.Position == PositionPart.Event)
        {
            Advance(message);
            text = text[..EventWriter.WithoutNumber(message.Span).Length];
        }

        EventStreamFormat.BeginText(_body!);
        for (var rest = text; !rest.IsEmpty; rest = rest[Math.Min(SliceSize, rest.Length)..])
        {
            EventStreamFormat.WriteText(_body!, rest.Span[..Math.Min(SliceSize, rest.Length)], ref afterReturn);
            written += await FlushAsync();
            Outbox.ReportProgress();
        }

        if (message.Position == PositionPart.Event)
            EventStreamFormat.EndNumbered(_body!, _position!.ToString());
        else
            EventStreamFormat.EndText(_body!);
        return written;
    }

    // The bytes without the chunks of HTTP. A server whose writer does not count them has no bytes in the metrics.
    private async ValueTask<long> FlushAsync()
    {
        var size = _body!.CanGetUnflushedBytes ? _body.UnflushedBytes : 0;
        await WrittenAsync(_body.FlushAsync());
        _activity!.NoteReceived();
        return size;
    }
}
