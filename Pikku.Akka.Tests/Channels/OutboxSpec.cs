using System.Text;
using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

public sealed class OutboxSpec
{
    private const int Header = 2;
    private const int RawPong = 0x8A;

    [Fact]
    public void Hands_over_whole_frames_in_the_order_in_which_they_came()
    {
        var (outbox, writer) = Attached();

        outbox.Add(Text("a"));
        outbox.Add(Text("b"));

        Assert.Equal(["a", "b"], Drained(writer));
    }

    [Fact]
    public void Wakes_the_writer_once_for_each_time_that_it_rested()
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
    public void Puts_pongs_in_front_and_keeps_only_the_latest_of_many()
    {
        var (outbox, writer) = Attached();
        outbox.Add(Text("a"));

        for (byte i = 0; i < 100; i++)
            outbox.AddPong(Pong(i));

        Assert.Equal(1, writer.Wakes);
        writer.Drain();
        var frames = writer.Unread();
        Assert.Equal([.. Enumerable.Range(0, 15).Select(i => (byte)i), 99], frames.Take(16).Select(f => f.Frame[2]));
        Assert.Equal("a", Assert.Single(frames.Skip(16)).Text);
    }

    [Fact]
    public void Wakes_the_writer_for_a_pong_alone_and_takes_none_after_the_last_frame()
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

        Assert.Equal([RawPong, Header], writer.Unread().Select(f => f.Frame[0] == RawPong ? RawPong : Header));
        Assert.True(writer.Ended);
    }

    [Fact]
    public void Wakes_the_writer_again_after_it_found_nothing()
    {
        var (outbox, writer) = Attached();
        outbox.Add(Text("a"));
        writer.Drain();

        outbox.Add(Text("b"));

        Assert.Equal(2, writer.Wakes);
    }

    [Fact]
    public void Does_not_wake_a_writer_that_has_taken_a_batch_and_comes_back_for_more()
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
    public void Wakes_a_writer_that_is_attached_late()
    {
        var outbox = new Outbox(Settings());
        outbox.Add(Text("a"));
        var writer = new RecordingWriter(outbox, stalled: true);

        outbox.AttachWriter(writer);
        outbox.Add(Text("b"));

        Assert.Equal(1, writer.Wakes);
        Assert.Equal(["a", "b"], Drained(writer));
    }

    [Fact]
    public void Does_not_wake_a_writer_that_is_attached_to_nothing() => Assert.Equal(0, Attached().Writer.Wakes);

    [Theory, Trait("Rule", "K6")]
    [InlineData(3, 1000)]
    [InlineData(1000, 3 * (Header + 1))]
    public void Is_full_when_the_number_or_the_bytes_are_reached(int messages, int size)
    {
        var (outbox, writer) = Attached(messages, size);

        Assert.Equal(OutboxResult.Added, outbox.Add(Text("a")));
        Assert.Equal(OutboxResult.Added, outbox.Add(Text("b")));
        Assert.Equal(OutboxResult.Added, outbox.Add(Text("c")));
        Assert.Equal(OutboxResult.Full, outbox.Add(Text("d")));

        Assert.Equal(["a", "b", "c"], Drained(writer));
        Assert.Equal(OutboxResult.Added, outbox.Add(Text("e")));
    }

    [Fact]
    public void Takes_one_frame_that_is_larger_than_itself_when_nothing_waits()
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

        Assert.Equal(OutboxResult.Added, outbox.Add(Event("t", "4")));
        Assert.Equal(OutboxResult.Added, outbox.Add(Text("another")));

        Assert.Equal(2, outbox.Dropped);
        Assert.Equal(["reply", "3", "4", "another"], Drained(writer));
    }

    [Fact]
    public void Drops_no_more_events_than_the_bytes_need()
    {
        var (outbox, writer) = Attached(size: 4 * (Header + 1), overflow: OutboxOverflow.DropOldest);
        foreach (var text in (string[])["1", "2", "3", "4"])
            outbox.Add(Event("t", text));

        Assert.Equal(OutboxResult.Added, outbox.Add(Event("t", "5678")));

        Assert.Equal(["3", "4", "5678"], Drained(writer));
    }

    [Fact]
    public void Is_full_when_only_replies_wait_whatever_the_policy()
    {
        foreach (var overflow in Enum.GetValues<OutboxOverflow>())
        {
            var (outbox, writer) = Attached(messages: 2, overflow: overflow);
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
        var (outbox, writer) = Attached(messages: 4, overflow: OutboxOverflow.KeepLatest);
        outbox.Add(Event("a", "a1"));
        outbox.Add(Event("b", "b1"));
        outbox.Add(Text("reply"));
        outbox.Add(Event("a", "a2"));

        Assert.Equal(OutboxResult.Added, outbox.Add(Event("a", "a3")));

        Assert.Equal(2, outbox.Dropped);
        Assert.Equal(["b1", "reply", "a3"], Drained(writer));
    }

    [Fact]
    public void Is_full_for_a_reply_when_the_latest_events_are_kept()
    {
        var (outbox, _) = Attached(messages: 1, overflow: OutboxOverflow.KeepLatest);
        outbox.Add(Event("a", "a1"));

        Assert.Equal(OutboxResult.Full, outbox.Add(Text("reply")));
        Assert.Equal(OutboxResult.Full, outbox.Add(Event("b", "b1")));
    }

    [Fact]
    public void Takes_the_last_frame_however_full_it_is_and_nothing_after_it()
    {
        var (outbox, writer) = Attached(messages: 1);
        outbox.Add(Text("a"));

        outbox.Complete(Text("last"));
        Assert.True(outbox.IsCompleted);
        Assert.Equal(OutboxResult.Closed, outbox.Add(Text("late")));
        outbox.Complete(Text("later"));

        Assert.Equal(["a", "last"], Drained(writer));
        Assert.True(writer.Ended);
    }

    [Fact]
    public void Throws_away_what_waits_and_tells_the_writer_when_it_is_abandoned()
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
    public void Leaves_nothing_for_a_writer_that_is_under_way_when_it_is_abandoned()
    {
        var (outbox, writer) = Attached();
        outbox.Add(Text("a"));

        outbox.Abandon();

        Assert.Equal(1, writer.Wakes);
        Assert.Empty(Drained(writer));
        Assert.True(writer.Ended);
    }

    [Fact]
    public void May_be_abandoned_before_it_has_a_writer()
    {
        var outbox = new Outbox(Settings());
        outbox.Add(Text("a"));

        outbox.Abandon();

        Assert.False(outbox.TryTake([], out var ended));
        Assert.True(ended);
    }

    [Fact]
    public async Task Lets_a_sender_wait_until_something_was_taken()
    {
        var (outbox, writer) = Attached(messages: 1);
        Assert.True(outbox.WaitForRoom(10).IsCompletedSuccessfully);
        outbox.Add(Text("a"));

        var waiting = outbox.WaitForRoom(10);
        Assert.False(waiting.IsCompleted);

        writer.Drain();
        await waiting.Soon();
    }

    [Fact]
    public async Task Lets_nobody_wait_for_a_connection_that_ends()
    {
        foreach (var end in (Action<Outbox>[])[o => o.Complete(Text("last")), o => o.Abandon()])
        {
            var (outbox, _) = Attached(messages: 1);
            outbox.Add(Text("a"));
            var waiting = outbox.WaitForRoom(10);

            end(outbox);

            await waiting.Soon();
            Assert.True(outbox.WaitForRoom(10).IsCompletedSuccessfully);
        }
    }

    [Fact]
    public void Wakes_the_writer_for_every_frame_that_many_threads_add()
    {
        const int Each = 2000;
        var outbox = new Outbox(Settings(messages: 100_000, size: int.MaxValue));
        var writer = new RecordingWriter(outbox);
        outbox.AttachWriter(writer);

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

    private static (Outbox Outbox, RecordingWriter Writer) Attached(
        int messages = 100, int size = 10_000, OutboxOverflow overflow = OutboxOverflow.Close)
    {
        var outbox = new Outbox(Settings(messages, size, overflow));
        var writer = new RecordingWriter(outbox, stalled: true);
        outbox.AttachWriter(writer);
        return (outbox, writer);
    }

    private static OutboxSettings Settings(int messages = 100, int size = 10_000, OutboxOverflow overflow = OutboxOverflow.Close) =>
        new() { MaxMessages = messages, MaxSize = size, Overflow = overflow };

    private static OutboundFrame Text(string text) =>
        OutboundFrame.Copy([FrameEncoder.Text, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)]);

    private static OutboundFrame Event(string topic, string text) => Text(text) with { IsEvent = true, Topic = topic };

    private static IEnumerable<string> Drained(RecordingWriter writer)
    {
        writer.Drain();
        return writer.Unread().Select(f => f.Text);
    }

    private static OutboundFrame Pong(byte payload)
    {
        var rented = MessageBuffers.Rent(MessageBuffers.UsualSize);
        rented[Header] = payload;
        return FrameEncoder.Pong(rented, 1);
    }
}
