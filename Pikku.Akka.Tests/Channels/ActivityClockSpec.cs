using Pikku.Akka.Channels;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

public sealed class ActivityClockSpec
{
    private readonly ManualTime _time = new();
    private readonly ActivityClock _activity;
    private readonly long _begin;

    public ActivityClockSpec()
    {
        _activity = new ActivityClock(_time);
        _begin = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Counts_from_when_the_connection_was_made()
    {
        Assert.Equal(_begin, _activity.ReceivedAt);
        Assert.Equal(_begin, _activity.UsedAt);
        Assert.Equal((0, 0, 0), (_activity.ReceivingSince, _activity.BusySince, _activity.ClosingSince));
    }

    [Fact]
    public void Counts_a_message_from_its_first_part()
    {
        _activity.BeginReceiving();
        var first = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));

        _activity.BeginReceiving();
        Assert.Equal(first, _activity.ReceivingSince);

        _activity.EndReceiving();
        Assert.Equal(0, _activity.ReceivingSince);
    }

    [Fact]
    public void Counts_closing_from_the_first_time()
    {
        _activity.NoteClosing();
        var first = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromSeconds(1));

        _activity.NoteClosing();

        Assert.Equal(first, _activity.ClosingSince);
    }

    [Fact]
    public void Distinguishes_bytes_from_messages()
    {
        _activity.NoteReceived();
        Assert.Equal((_time.GetTimestamp(), _begin), (_activity.ReceivedAt, _activity.UsedAt));

        _activity.NoteUsed();
        Assert.Equal(_time.GetTimestamp(), _activity.UsedAt);
    }
}
