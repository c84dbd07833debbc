using System.Buffers.Binary;
using System.Text.Json;
using FsCheck.Xunit;
using Pikku.Akka.Cluster;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

public sealed class EventWireSpec
{
    [Property]
    public void An_event_comes_out_as_it_went_in(string topic, string data, bool raw, string? except)
    {
        var sent = EventEncoder.Encode(topic ?? "", data, new PublishOptions { PayloadOnly = raw, ExceptChannelId = except }, JsonSerializerOptions.Web, int.MaxValue);
        AssertSame(sent, Read(Write(sent)));
    }

    [Property]
    public void Bytes_come_out_as_they_went_in(byte[] data)
    {
        var sent = EventEncoder.Encode("blobs", data ?? [], default, JsonSerializerOptions.Web, int.MaxValue);
        AssertSame(sent, Read(Write(sent)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(200)]
    [InlineData(70_000)]
    public void Messages_of_every_length_come_out_whole(int length)
    {
        var sent = EventEncoder.Encode("news", new string('x', length), default, JsonSerializerOptions.Web, int.MaxValue);
        AssertSame(sent, Read(Write(sent)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(999_999)]
    [InlineData(long.MaxValue)]
    public void The_receiving_node_writes_the_number_into_the_message(long number)
    {
        var (sent, origin) = (EventEncoder.Encode("news", "hello", default, JsonSerializerOptions.Web, int.MaxValue, history: new HistoryOptions(1, TimeSpan.FromMinutes(1))), Origin.New(new Random(1)));
        sent.SetNumber(origin, number);
        var bytes = Write(sent);
        var got = Read(bytes, origin);
        AssertSame(sent, got);
        Assert.Equal((origin, number), (got.Origin, got.Number));
        Assert.Equal(-1, bytes.AsSpan().IndexOf("\"at\""u8));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_number_that_no_node_gives_is_refused(long number)
    {
        var sent = EventEncoder.Encode("news", "hello", default, JsonSerializerOptions.Web, int.MaxValue, history: new HistoryOptions(1, TimeSpan.FromMinutes(1)));
        sent.SetNumber(Origin.New(new Random(1)), 0x1122334455667788);
        var bytes = Write(sent);
        Span<byte> given = [0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11];
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(bytes.AsSpan().IndexOf(given)), number);
        Assert.Throws<InvalidDataException>(() => Read(bytes));
    }

    [Fact]
    public void A_message_to_a_user_stays_one()
    {
        var sent = EventEncoder.EncodeMessage(HubAudience.User, "ann", new { Hello = 1 }, JsonSerializerOptions.Web, int.MaxValue);
        AssertSame(sent, Read(Write(sent)));
    }

    [Fact]
    public void What_is_cut_off_is_refused_wherever_it_is_cut()
    {
        var bytes = Write(EventEncoder.Encode("news", "hello", new PublishOptions { ExceptChannelId = "a" }, JsonSerializerOptions.Web, int.MaxValue));
        for (var length = 0; length < bytes.Length; length++)
        {
            var error = Record.Exception(() => Read(bytes[..length]));
            Assert.True(error is InvalidDataException, $"{length}: {error}");
        }
    }

    [Property]
    public void The_events_of_a_batch_have_their_topics_whatever_topics_they_follow(bool[] choices)
    {
        string[] names = [.. "news news2 nëws NEWS".Split(' ')];
        var topics = (choices ?? []).Select((choice, i) => choice ? names[i % names.Length] : "news").ToList();
        Assert.Equal(topics, ReadBatch(topics).Select(one => one.Topic));
    }

    [Fact]
    public void Events_of_one_topic_that_follow_each_other_share_its_text()
    {
        var events = ReadBatch(["news", "news", "other", "other"]);
        Assert.Same(events[0].Topic, events[1].Topic);
        Assert.Same(events[2].Topic, events[3].Topic);
    }

    [Property(MaxTest = 1000)]
    public void Garbage_is_an_event_or_is_refused(byte[] bytes)
    {
        var error = Record.Exception(() => Read(bytes ?? []));
        Assert.True(error is null or InvalidDataException, $"{error}");
    }

    private static IReadOnlyList<ReplicatedEvent> ReadBatch(IEnumerable<string> topics)
    {
        var batch = new OutboundBatch(1, Origin.New(new Random(1)), 0, int.MaxValue);
        foreach (var topic in topics)
            batch.Add(EventEncoder.Encode(topic, "hello", default, JsonSerializerOptions.Web, int.MaxValue));
        return batch.Take(1).Read();
    }

    private static byte[] Write(HubEvent hubEvent)
    {
        var output = new WireWriter();
        EventWire.Write(output, hubEvent);
        return output.ToArray();
    }

    private static HubEvent Read(byte[] bytes, Origin origin = default)
    {
        var input = new WireReader(bytes);
        return EventWire.Read(ref input, origin);
    }

    private static void AssertSame(HubEvent sent, HubEvent got)
    {
        Assert.Equal((sent.Topic, sent.Audience, sent.IsBinary, sent.Raw, sent.Except), (got.Topic, got.Audience, got.IsBinary, got.Raw, got.Except));
        Assert.Equal((sent.Message.Kind, sent.Message.Position), (got.Message.Kind, got.Message.Position));
        Assert.Equal(sent.Message.Span.ToArray(), got.Message.Span.ToArray());
        Assert.Equal(sent.Payload.ToArray(), got.Payload.ToArray());
    }
}
