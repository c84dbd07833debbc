using System.Text;
using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

public sealed class OutboxSpec
{
    private int _dropped;

    private const int EventMessage = OutboxMessages.EntryWeight + 1; // what an event of one letter weighs
    private const int PooledMessage = OutboxMessages.EntryWeight + MessageBuffers.UsualSize; // what any other small message weighs

    [Fact]
    public void Returns_messages_in_the_order_in_which_they_were_added()
    {
        var (outbox, writer) = Attached();

        outbox.Add(Text("a"));
        outbox.Add(Text("b"));

        Assert.Equal(["a", "b"], Drained(writer));
    }

    [Fact]
    public void Wakes_the_transport_once_each_time_it_was_idle()
    {
        var (outbox, writer) = Attached();

        outbox.Add(Text("a"));
        outbox.Add(Text("b"));
        outbox.Complete(Text("c"));
        Assert.Equal(1, writer.Wakes);

        writer.Drain();
        Assert.Equal(1, writer.Wakes);
    }

    [Fact]
    public void Puts_pongs_first_and_keeps_only_the_latest_of_many()
    {
        var (outbox, writer) = Attached();
        outbox.Add(Text("a"));

        for (byte i = 0; i < 100; i++)
            outbox.AddPong(Pong(i));

        Assert.Equal(1, writer.Wakes);
        writer.Drain();
        var messages = writer.Unread();
        Assert.Equal([.. Enumerable.Range(0, 15).Select(i => (byte)i), 99], messages.Take(16).Select(f => f.Payload[0]));
        Assert.Equal("a", Assert.Single(messages.Skip(16)).Text);
    }

    [Fact]
    public void Wakes_the_transport_for_a_pong_alone_and_takes_none_after_the_last_message()
    {
        var (outbox, writer) = Attached();
        outbox.AddPong(Pong(1));
        Assert.Equal(1, writer.Wakes);
        writer.Drain();
        Assert.Single(writer.Unread());

        outbox.AddPong(Pong(2));
        outbox.Complete(Text("last"));
        outbox.AddPong(Pong(3));
        writer.Drain();

        Assert.Equal([MessageKind.Pong, MessageKind.Text], writer.Unread().Select(f => f.Kind));
        Assert.True(writer.Ended);
    }

    [Fact]
    public void Wakes_the_transport_again_after_it_found_no_message()
    {
        var (outbox, writer) = Attached();
        outbox.Add(Text("a"));
        writer.Drain();

        outbox.Add(Text("b"));

        Assert.Equal(2, writer.Wakes);
    }

    [Fact]
    public void Does_not_wake_a_transport_that_has_taken_a_batch_and_will_take_another()
    {
        var (outbox, writer) = Attached();
        outbox.Add(Text("a"));

        Assert.True(outbox.TryTake([], out _));
        outbox.Add(Text("b"));

        Assert.Equal(1, writer.Wakes);
        Assert.True(outbox.TryTake([], out _));
        Assert.False(outbox.TryTake([], out var ended));
        Assert.False(ended);
    }

    [Fact]
    public void Does_not_wake_the_transport_while_no_message_waits() => Assert.Equal(0, Attached().Writer.Wakes);

    [Fact, Trait("Rule", "K6")]
    public void Is_full_when_the_waiting_messages_use_the_maximum_memory()
    {
        var (outbox, writer) = Attached(size: 3 * PooledMessage);

        Assert.Equal(OutboxResult.Added, outbox.Add(Text("a")));
        Assert.Equal(OutboxResult.Added, outbox.Add(Text("b")));
        Assert.Equal(OutboxResult.Added, outbox.Add(Text("c")));
        Assert.Equal(OutboxResult.Full, outbox.Add(Text("d")));

        Assert.Equal(["a", "b", "c"], Drained(writer));
        Assert.Equal(OutboxResult.Added, outbox.Add(Text("e")));
    }

    [Fact]
    public void Counts_messages_until_they_have_been_written()
    {
        var (outbox, writer) = Attached(size: 2 * PooledMessage);
        outbox.Add(Text("a"));
        outbox.Add(Text("b"));

        Assert.True(outbox.TryTake([], out _));
        Assert.Equal(OutboxResult.Full, outbox.Add(Text("c")));

        writer.Drain();
        Assert.Equal(OutboxResult.Added, outbox.Add(Text("c")));
    }

    [Fact]
    public void Gives_the_transport_a_limited_number_of_bytes_at_a_time()
    {
        var (outbox, _) = Attached(size: int.MaxValue);
        for (var i = 0; i < 10; i++)
            outbox.Add(EncodedMessage.Copy(MessageKind.Binary, new byte[40_000]));

        for (var i = 0; i < 5; i++)
        {
            List<EncodedMessage> taken = [];
            Assert.True(outbox.TryTake(taken, out _));
            Assert.Equal(2, taken.Count);
        }

        Assert.False(outbox.TryTake([], out _));
    }

    [Fact]
    public void Holds_many_small_messages_in_little_more_than_their_bytes()
    {
        const int count = 20_000;
        var (outbox, writer) = Attached(size: 2 * 1024 * 1024);

        for (var i = 0; i < count; i++)
            Assert.Equal(OutboxResult.Added, outbox.Add(Text($"{i} {new string('x', 64)}")));

        Assert.Equal(Enumerable.Range(0, count), Drained(writer).Select(text => int.Parse(text.Split(' ')[0])));
        outbox.Add(Text("a"));
        Assert.Equal(["a"], Drained(writer));
    }

    [Fact]
    public void Keeps_the_order_of_messages_that_are_packed_and_those_that_are_not()
    {
        var (outbox, writer) = Attached(size: 10_000_000);
        var expected = new List<string>();
        for (var i = 0; i < 1000; i++)
        {
            var text = i % 7 == 3 ? $"{i} {new string('y', 120)}" : $"{i}";
            expected.Add(text);
            outbox.Add(i % 5 == 0 ? Event("t", text) : Text(text));
        }

        outbox.Complete(Text("last"));
        Assert.Equal([.. expected, "last"], Drained(writer));
    }

    [Fact]
    public void Lets_exactly_one_message_return_each_array_that_the_transport_takes()
    {
        var (outbox, _) = Attached(size: 10_000_000);
        for (var i = 0; i < 2_000; i++)
            outbox.Add(i % 50 == 0 ? Event("t", $"{i}") : Text($"{i}"));

        var (messages, pooled) = (0, new List<byte[]>());
        for (List<EncodedMessage> taken = []; outbox.TryTake(taken, out _); taken.Clear())
        {
            messages += taken.Count;
            pooled.AddRange(taken.Where(message => message.Pooled).Select(message => message.Array));
            Assert.All(taken.Where(message => !message.Pooled && !message.IsEvent), slice => Assert.Contains(slice.Array, pooled));
        }

        Assert.Equal(2_000, messages);
        Assert.Distinct(pooled);
        Assert.InRange(pooled.Count, 65, 200); // the others were packed
    }

    [Fact]
    public void Returns_the_array_of_a_refused_message_to_the_pool_of_its_thread()
    {
        var (outbox, _) = Attached(size: PooledMessage);
        outbox.Add(Text("a"));
        var refused = Text("b");

        Assert.Equal(OutboxResult.Full, outbox.Add(refused));

        Assert.Same(refused.Array, MessageBuffers.Rent(MessageBuffers.UsualSize));
    }

    [Fact]
    public void Calls_WriteNow_each_time_much_more_waits_for_a_transport_that_has_not_started()
    {
        var (outbox, writer) = Attached(size: 10_000_000);
        for (var i = 0; i < 50; i++)
            outbox.Add(Text("a"));
        Assert.Equal(0, writer.Hurries);

        for (var i = 0; i < 10_000; i++)
            outbox.Add(Text("a"));
        Assert.Equal(1, writer.Hurries);

        for (var i = 0; i < 100_000; i++)
            outbox.Add(Text("a"));
        var hurries = writer.Hurries;
        Assert.InRange(hurries, 2, 10);

        writer.Drain();
        outbox.Add(Text("a"));
        Assert.Equal(2, writer.Wakes);
        Assert.Equal(hurries, writer.Hurries);
    }

    [Fact]
    public void Measures_since_when_the_client_has_read_nothing()
    {
        var (outbox, writer) = Attached();
        outbox.Add(Text("a"));
        Assert.Equal(0, outbox.StalledSince(1)); // the writer has not begun

        Assert.True(outbox.TryTake([], out _));
        Assert.Equal(2, outbox.StalledSince(2));
        outbox.Add(Text("b"));
        Assert.Equal(2, outbox.StalledSince(3));
        Assert.True(outbox.TryTake([], out _));
        Assert.Equal(4, outbox.StalledSince(4));
        Assert.Equal(4, outbox.StalledSince(5));
        outbox.ReportProgress(); // a part of a large message
        Assert.Equal(6, outbox.StalledSince(6));

        writer.Drain();
        Assert.Equal(0, outbox.StalledSince(7));
    }

    [Fact]
    public void Accepts_one_message_above_the_maximum_size_when_no_message_waits()
    {
        var (outbox, writer) = Attached(size: 10);

        Assert.Equal(OutboxResult.Added, outbox.Add(Text(new string('x', 50))));
        Assert.Equal(OutboxResult.Full, outbox.Add(Text("b")));
        writer.Drain();
        Assert.Equal(OutboxResult.Added, outbox.Add(Text("b")));
        Assert.Equal(OutboxResult.Full, outbox.Add(Text(new string('x', 50))));
    }

    [Fact]
    public void Drops_the_oldest_events_and_no_replies_to_make_room()
    {
        var (outbox, writer) = Attached(messages: 4, overflow: OutboxOverflow.DropOldest);
        outbox.Add(Event("t", "1"));
        outbox.Add(Text("reply"));
        outbox.Add(Event("t", "2"));
        outbox.Add(Event("t", "3"));
        outbox.Add(Event("t", "4"));

        Assert.Equal(OutboxResult.Added, outbox.Add(Event("t", "5")));
        Assert.Equal(OutboxResult.Added, outbox.Add(Text("another")));

        Assert.Equal(1, _dropped);
        Assert.Equal(["reply", "2", "3", "4", "5", "another"], Drained(writer));
    }

    [Fact]
    public void Drops_no_more_events_than_the_bytes_need()
    {
        var (outbox, writer) = Attached(size: 4 * EventMessage, overflow: OutboxOverflow.DropOldest);
        foreach (var text in (string[])["1", "2", "3", "4"])
            outbox.Add(Event("t", text));

        Assert.Equal(OutboxResult.Added, outbox.Add(Event("t", "5678")));

        Assert.Equal(["3", "4", "5678"], Drained(writer));
    }

    [Fact]
    public void Drops_events_to_make_room_for_a_reply()
    {
        var (outbox, writer) = Attached(size: 2 * EventMessage + PooledMessage, overflow: OutboxOverflow.DropOldest);
        foreach (var text in (string[])["1", "2", "3"])
            outbox.Add(Event("t", text));

        Assert.Equal(OutboxResult.Added, outbox.Add(Text("reply")));

        Assert.Equal(1, _dropped);
        Assert.Equal(["2", "3", "reply"], Drained(writer));
    }

    [Fact]
    public void Drops_nothing_because_of_the_number_of_replies()
    {
        foreach (var overflow in Enum.GetValues<OutboxOverflow>())
        {
            var (outbox, writer) = Attached(messages: 2, overflow: overflow);
            foreach (var text in (string[])["a", "b", "c"])
                Assert.Equal(OutboxResult.Added, outbox.Add(Text(text)));
            Assert.Equal(OutboxResult.Added, outbox.Add(Event("t", "1")));

            Assert.Equal(["a", "b", "c", "1"], Drained(writer));
        }
    }

    [Fact]
    public void Is_full_when_only_replies_wait_regardless_of_the_policy()
    {
        foreach (var overflow in Enum.GetValues<OutboxOverflow>())
        {
            var (outbox, writer) = Attached(size: 2 * PooledMessage, overflow: overflow);
            outbox.Add(Text("a"));
            outbox.Add(Text("b"));

            Assert.Equal(OutboxResult.Full, outbox.Add(Event("t", "1")));
            Assert.Equal(OutboxResult.Full, outbox.Add(Text("c")));

            Assert.Equal(["a", "b"], Drained(writer));
        }
    }

    [Fact]
    public void Keeps_the_latest_event_of_a_topic()
    {
        var (outbox, writer) = Attached(messages: 3, overflow: OutboxOverflow.KeepLatest);
        outbox.Add(Event("a", "a1"));
        outbox.Add(Event("b", "b1"));
        outbox.Add(Text("reply"));
        outbox.Add(Event("a", "a2"));

        Assert.Equal(OutboxResult.Added, outbox.Add(Event("a", "a3")));

        Assert.Equal(2, _dropped);
        Assert.Equal(["b1", "reply", "a3"], Drained(writer));
    }

    [Fact]
    public void Is_full_when_the_latest_events_alone_fill_it()
    {
        var (outbox, _) = Attached(size: EventMessage, overflow: OutboxOverflow.KeepLatest);
        outbox.Add(Event("a", "a1"));

        Assert.Equal(OutboxResult.Full, outbox.Add(Text("reply")));
        Assert.Equal(OutboxResult.Full, outbox.Add(Event("b", "b1")));
    }

    [Fact]
    public void Accepts_the_last_message_even_when_full_and_nothing_after_it()
    {
        var (outbox, writer) = Attached(size: 10);
        outbox.Add(Text("a"));

        outbox.Complete(Text("last"));
        Assert.True(outbox.IsCompleted);
        Assert.Equal(OutboxResult.Closed, outbox.Add(Text("late")));
        outbox.Complete(Text("later"));

        Assert.Equal(["a", "last"], Drained(writer));
        Assert.True(writer.Ended);
    }

    [Fact]
    public void Discards_waiting_messages_and_wakes_the_transport_when_it_is_abandoned()
    {
        var (outbox, writer) = Attached();
        outbox.Add(Text("a"));
        writer.Drain();

        outbox.Abandon();

        Assert.Equal(2, writer.Wakes);
        Assert.Equal(["a"], Drained(writer));
        Assert.True(writer.Ended);
        Assert.Equal(OutboxResult.Closed, outbox.Add(Text("late")));
    }

    [Fact]
    public void Has_no_message_for_a_running_transport_after_it_is_abandoned()
    {
        var (outbox, writer) = Attached();
        outbox.Add(Text("a"));

        outbox.Abandon();

        Assert.Equal(1, writer.Wakes);
        Assert.Empty(Drained(writer));
        Assert.True(writer.Ended);
    }

    [Fact]
    public void Wakes_the_transport_at_the_end_even_if_it_never_had_a_message()
    {
        var (outbox, writer) = Attached();

        outbox.Abandon();

        Assert.Equal(1, writer.Wakes);
        Assert.False(outbox.TryTake([], out var ended));
        Assert.True(ended);
    }

    [Fact]
    public async Task Admits_waiting_senders_in_order_when_messages_have_been_written()
    {
        var (outbox, writer) = Attached(size: 4 * PooledMessage);
        Assert.True(outbox.AddAsync(Text("a"), default).AsTask().IsCompletedSuccessfully);
        Assert.True(outbox.AddAsync(Text("b"), default).AsTask().IsCompletedSuccessfully);
        var waiting = ((string[])["c", "d", "e"]).Select(text => outbox.AddAsync(Text(text), default).AsTask()).ToArray();
        Assert.All(waiting, one => Assert.False(one.IsCompleted));

        Assert.True(outbox.TryTake([], out _)); // taken, but not written yet
        Assert.All(waiting, one => Assert.False(one.IsCompleted));

        List<EncodedMessage> taken = [];
        Assert.True(outbox.TryTake(taken, out _));
        Assert.Equal(2, taken.Count);
        await Task.WhenAll(waiting[..2]).Soon();
        Assert.False(waiting[2].IsCompleted);

        writer.Drain();
        await waiting[2].Soon();
    }

    [Fact]
    public void Accepts_messages_that_cannot_wait_beside_those_that_can()
    {
        var (outbox, _) = Attached(size: 4 * PooledMessage);
        Assert.True(outbox.AddAsync(EncodedMessage.Copy(MessageKind.Binary, new byte[100_000]), default).AsTask().IsCompletedSuccessfully);
        Assert.False(outbox.AddAsync(Text("waits"), default).AsTask().IsCompleted);

        Assert.Equal(OutboxResult.Added, outbox.Add(Text("a")));
        Assert.Equal(OutboxResult.Added, outbox.Add(Text("b")));
        Assert.Equal(OutboxResult.Full, outbox.Add(Text("c")));
    }

    [Fact]
    public async Task Fails_waiting_senders_when_the_connection_ends()
    {
        foreach (var end in (Action<Outbox>[])[o => o.Complete(Text("last")), o => o.Abandon()])
        {
            var (outbox, _) = Attached(size: PooledMessage);
            outbox.Add(Text("a"));
            var waiting = outbox.AddAsync(Text("b"), default).AsTask();

            end(outbox);

            await Assert.ThrowsAsync<OperationCanceledException>(() => waiting.Soon());
            await Assert.ThrowsAsync<OperationCanceledException>(async () => await outbox.AddAsync(Text("c"), default));
            await Assert.ThrowsAsync<OperationCanceledException>(async () => await outbox.ReserveAsync(default));
        }
    }

    [Fact]
    public void Wakes_the_transport_for_every_message_that_many_threads_add()
    {
        const int Each = 2000;
        var writer = new RecordingTransport();
        var outbox = new Outbox(Settings(messages: 100_000, size: int.MaxValue), writer);
        writer.Start(outbox, new FailureReport());

        Parallel.For(0, 4, thread =>
        {
            for (var i = 0; i < Each; i++)
                outbox.Add(Text($"{thread}:{i}"));
        });

        var got = writer.Unread().Select(f => f.Text.Split(':')).ToArray();
        Assert.Equal(4 * Each, got.Length);
        foreach (var thread in got.GroupBy(f => f[0]))
            Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{i}"), thread.Select(f => f[1]));
    }

    private (Outbox Outbox, RecordingTransport Writer) Attached(
        int messages = 100, int size = 100_000, OutboxOverflow overflow = OutboxOverflow.Close)
    {
        var writer = new RecordingTransport(stalled: true);
        var outbox = new Outbox(Settings(messages, size, overflow), writer, count => _dropped += count);
        writer.Start(outbox, new FailureReport());
        return (outbox, writer);
    }

    private static OutboxSettings Settings(int messages = 100, int size = 100_000, OutboxOverflow overflow = OutboxOverflow.Close) =>
        new() { MaxMessages = messages, MaxSize = size, Overflow = overflow, MaxWaiting = 100, StallTimeout = TimeSpan.FromSeconds(1) };

    private static EncodedMessage Text(string text)
    {
        using var writer = PayloadWriter.Rent();
        Encoding.UTF8.GetBytes(text, writer);
        return writer.ToMessage(MessageKind.Text);
    }

    // Like an event of the hub: a shared array of exactly the size of the message.
    private static EncodedMessage Event(string topic, string text) =>
        EncodedMessage.Copy(MessageKind.Text, Encoding.UTF8.GetBytes(text)) with { IsEvent = true, Topic = topic };

    private static IEnumerable<string> Drained(RecordingTransport writer)
    {
        writer.Drain();
        return writer.Unread().Select(f => f.Text);
    }

    private static EncodedMessage Pong(byte payload)
    {
        var rented = MessageBuffers.Rent(MessageBuffers.UsualSize);
        rented[EncodedMessage.HeadroomSize] = payload;
        return new EncodedMessage(rented, EncodedMessage.HeadroomSize, 1, MessageKind.Pong) { Pooled = true, HasHeadroom = true };
    }
}
