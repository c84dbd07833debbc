using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;
using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

public sealed class SocketWriterSpec
{
    [Fact]
    public async Task Writes_everything_up_to_the_last_frame_in_order_and_is_done()
    {
        using var connection = new MemoryStream();
        var outbox = Outbox();
        var writer = new SocketWriter(connection, outbox, _ => { });
        byte[] expected = [];
        for (byte i = 0; i < 100; i++)
        {
            // Small ones that go out together, and large ones that do not.
            var frame = Enumerable.Repeat(i, i % 10 == 0 ? 20_000 : 10).ToArray();
            expected = [.. expected, .. frame];
            outbox.Add(new OutboundFrame(frame, 0, frame.Length));
        }

        outbox.AttachWriter(writer);
        outbox.Complete(new OutboundFrame([0xFF], 0, 1));

        await writer.Done.WaitAsync(Eventually.Patience);
        Assert.Equal([.. expected, 0xFF], connection.ToArray());
    }

    [Fact]
    public async Task Is_done_and_takes_nothing_more_when_the_connection_fails()
    {
        var failure = new TaskCompletionSource<Exception>();
        var outbox = Outbox();
        var writer = new SocketWriter(new BrokenStream(), outbox, failure.SetResult);
        outbox.AttachWriter(writer);

        outbox.Add(new OutboundFrame([1], 0, 1));

        await writer.Done.WaitAsync(Eventually.Patience);
        Assert.IsType<IOException>(await failure.Task);
        Assert.Equal(OutboxResult.Closed, outbox.Add(new OutboundFrame([2], 0, 1)));
    }

    [Fact]
    public async Task Is_done_when_the_outbox_is_abandoned_while_it_rests()
    {
        var outbox = Outbox();
        using var connection = new MemoryStream();
        var writer = new SocketWriter(connection, outbox, _ => { });
        outbox.AttachWriter(writer);

        outbox.Abandon();

        await writer.Done.WaitAsync(Eventually.Patience);
    }

    private static Outbox Outbox() => new(new OutboxSettings
    {
        MaxMessages = 1024, MaxSize = 1 << 20, Overflow = OutboxOverflow.Close, MaxWaiting = 1, StallTimeout = TimeSpan.FromSeconds(1),
    });

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("broken");
    }
}
