using System.Text;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

public sealed class WebSocketTransportSpec
{
    private static readonly byte[] s_closeFrame = [0x88, 2, 0x03, 0xE8];

    [Fact]
    public async Task Writes_everything_up_to_the_close_frame_in_order_and_completes()
    {
        using var stream = new RecordingStream();
        var (outbox, transport) = Over(stream);
        byte[] expected = [];
        for (byte i = 0; i < 100; i++)
        {
            // Small messages that are written together, and large messages that are written alone.
            var payload = Enumerable.Repeat(i, i % 10 == 0 ? 20_000 : 10).ToArray();
            expected = [.. expected, .. Frame(payload)];
            outbox.Add(EncodedMessage.Copy(MessageKind.Binary, payload));
        }

        outbox.Complete(CloseMessage.Encode(CloseCode.Normal, ""));

        await transport.Done.WaitAsync(Eventually.Patience);
        Assert.Equal([.. expected, .. s_closeFrame], stream.Bytes);
    }

    [Fact]
    public async Task Writes_all_small_messages_that_wait_in_one_call()
    {
        using var stream = new RecordingStream();
        var (outbox, transport) = Over(stream);
        // As in a turn of an actor, the transport runs at the end.
        using (Cascade.Open())
        {
            for (byte i = 0; i < 100; i++)
                outbox.Add(EncodedMessage.Copy(MessageKind.Binary, [i]));
            outbox.Complete(CloseMessage.Encode(CloseCode.Normal, ""));
        }

        await transport.Done.WaitAsync(Eventually.Patience);

        Assert.Equal(1, stream.Writes);
    }

    [Fact]
    public async Task Frames_each_of_the_messages_that_were_packed_because_many_waited()
    {
        using var stream = new StalledStream();
        var (outbox, transport) = Over(stream);
        outbox.Add(EncodedMessage.Copy(MessageKind.Binary, [1]));
        await stream.Stalled.WaitAsync(Eventually.Patience); // what comes from here on waits
        byte[] expected = [.. Frame([1])];
        for (var i = 0; i < 1_000; i++)
        {
            var payload = Encoding.UTF8.GetBytes($"{i} {new string('x', i % 300)}");
            expected = [.. expected, .. Frame(payload)];
            using var writer = PayloadWriter.Rent();
            writer.Write(payload);
            Assert.Equal(OutboxResult.Added, outbox.Add(writer.ToMessage(MessageKind.Binary)));
        }

        outbox.Complete(CloseMessage.Encode(CloseCode.Normal, ""));
        stream.Resume();

        await transport.Done.WaitAsync(Eventually.Patience);
        Assert.Equal([.. expected, .. s_closeFrame], stream.Bytes);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(300_000)]
    public async Task Sends_one_shared_message_to_many_sockets_without_a_copy_of_its_payload(int length)
    {
        var payload = Enumerable.Range(0, length).Select(i => (byte)i).ToArray();
        var message = EncodedMessage.Copy(MessageKind.Binary, payload);
        var streams = Enumerable.Range(0, 4).Select(_ => new RecordingStream()).ToArray();
        var outboxes = streams.Select(stream => Over(stream).Outbox).ToArray();

        Parallel.ForEach(outboxes, outbox => outbox.Add(message));

        foreach (var stream in streams)
        {
            await Eventually.Holds(() => stream.Bytes.Length == Frame(payload).Length, "the frame has been written");
            Assert.Equal(Frame(payload), stream.Bytes);
            Assert.All(stream.Arrays, array => Assert.Same(message.Array, array));
        }
    }

    [Fact]
    public async Task Sends_a_ping_after_the_waiting_messages_and_aborts_the_socket_while_its_request_runs()
    {
        using var stream = new RecordingStream();
        var aborts = 0;
        var (outbox, transport) = Over(stream, abort: () => aborts++);
        outbox.Add(EncodedMessage.Copy(MessageKind.Binary, [1]));
        transport.Ping();
        await Eventually.Holds(() => stream.Bytes.Length == 5, "both frames have been written");
        Assert.Equal("8201018900", Convert.ToHexString(stream.Bytes));

        transport.Abort();
        transport.Release();
        transport.Abort();
        Assert.Equal(1, aborts);
    }

    [Fact]
    public async Task Completes_and_takes_no_more_messages_when_the_connection_fails()
    {
        var failure = new TaskCompletionSource<Exception>();
        var (outbox, transport) = Over(new BrokenStream(), failed: failure.SetResult);

        outbox.Add(EncodedMessage.Copy(MessageKind.Binary, [1]));

        await transport.Done.WaitAsync(Eventually.Patience);
        Assert.IsType<IOException>(await failure.Task);
        Assert.Equal(OutboxResult.Closed, outbox.Add(EncodedMessage.Copy(MessageKind.Binary, [2])));
    }

    [Fact]
    public async Task Completes_when_the_outbox_is_abandoned_while_it_is_idle()
    {
        using var stream = new MemoryStream();
        var (outbox, transport) = Over(stream);

        outbox.Abandon();

        await transport.Done.WaitAsync(Eventually.Patience);
    }

    private static (Outbox Outbox, WebSocketTransport Transport) Over(Stream stream, Action? abort = null, Action<Exception>? failed = null)
    {
        var transport = new WebSocketTransport(TransportFeatures.OutputOf(stream), FakeCutoff.Create(abort));
        var outbox = new Outbox(
            new OutboxSettings
            {
                MaxMessages = 1024, MaxSize = 1 << 24, Overflow = OutboxOverflow.Close, MaxWaiting = 1, StallTimeout = TimeSpan.FromSeconds(1),
            },
            transport);
        transport.Start(outbox, new FailureReport(failed));
        return (outbox, transport);
    }

    private static byte[] Frame(byte[] payload) => payload.Length switch
    {
        <= 125 => [0x82, (byte)payload.Length, .. payload],
        <= ushort.MaxValue => [0x82, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload],
        _ => [0x82, 127, 0, 0, 0, 0, .. BitConverter.GetBytes(System.Net.IPAddress.HostToNetworkOrder(payload.Length)), .. payload],
    };

    /// <summary>Records the written bytes and the arrays that they were written from.</summary>
    private class RecordingStream : MemoryStream
    {
        private readonly List<byte[]> _arrays = [];
        private readonly Lock _gate = new();

        public int Writes => Arrays.Length;

        public byte[][] Arrays
        {
            get
            {
                lock (_gate)
                    return [.. _arrays];
            }
        }

        public byte[] Bytes
        {
            get
            {
                lock (_gate)
                    return ToArray();
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(buffer, out var segment));
            lock (_gate)
            {
                _arrays.Add(segment.Array!);
                Write(buffer.Span);
            }

            return default;
        }
    }

    /// <summary>Completes its first write when the test says so.</summary>
    private sealed class StalledStream : RecordingStream
    {
        private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Stalled => _stalled.Task;

        public void Resume() => _resumed.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await base.WriteAsync(buffer, cancellationToken);
            _stalled.TrySetResult();
            await _resumed.Task;
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("broken");
    }
}
