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
/// <param name="failed">Called with the exception when writing fails.</param>
internal sealed class EventStreamTransport(RequestCutoff cutoff, Action<Exception> failed) : RequestTransport(cutoff, failed)
{
    // Shows that a client that reads parts of a large message is not stalled, and limits what the server buffers.
    private const int SliceSize = 64 * 1024; // bytes

    private PipeWriter? _body;
    private ActivityClock? _activity;
    private volatile bool _begun;

    public override string Kind => "event-stream";

    public override bool ServesOneSubscription => true;

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
    public void Begin(PipeWriter body, ActivityClock activity)
    {
        _body = body;
        _activity = activity;
        _begun = true;
        WriteNow();
    }

    /// <summary>Ends a connection whose stream has not begun, and discards its messages.</summary>
    public void EndBeforeBegin() => Discard();

    protected override async ValueTask WriteAsync(List<EncodedMessage> messages)
    {
        for (var i = 0; i < messages.Count; i++)
        {
            if (messages[i].Length > SliceSize && messages[i].Kind == MessageKind.Text)
                await WriteLargeAsync(messages[i].Memory);
            else
                Write(messages[i]);
        }

        await FlushAsync();
    }

    private void Write(in EncodedMessage message)
    {
        switch (message.Kind)
        {
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

    private async ValueTask WriteLargeAsync(ReadOnlyMemory<byte> text)
    {
        var afterReturn = false;
        EventStreamFormat.BeginText(_body!);
        for (var rest = text; !rest.IsEmpty; rest = rest[Math.Min(SliceSize, rest.Length)..])
        {
            EventStreamFormat.WriteText(_body!, rest.Span[..Math.Min(SliceSize, rest.Length)], ref afterReturn);
            await FlushAsync();
            Outbox.ReportProgress();
        }

        EventStreamFormat.EndText(_body!);
    }

    private async ValueTask FlushAsync()
    {
        var result = await _body!.FlushAsync();
        // Servers do not fail when the client is gone.
        if (result.IsCompleted || result.IsCanceled)
            throw new IOException("The client has ended the request.");
        _activity!.NoteReceived();
    }
}
