using Pikku.Akka.EventStreams;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.EventStreams;

/// <summary>Event streams of topics with history: the server keeps the position, and a stream continues behind it.</summary>
[Trait("Rule", "O5, P4")]
public sealed class EventStreamResumeSpec
{
    private static Task<Lab> StartAsync() => StreamLab.StartAsync(more: options => options.Events = events =>
    {
        events.AddTopic(new Topic<System.Text.Json.JsonElement>("kept")).WithHistory(3);
        events.AddTopic(new Topic<string, System.Text.Json.JsonElement>("state:{id}")).WithHistory(10).WithSnapshot((string id) => new { id });
    });

    [Fact]
    public async Task A_stream_continues_behind_the_id_of_the_last_event()
    {
        await using var lab = await StartAsync();
        string? position;
        using (var first = await lab.OpenAsync("kept"))
        {
            await lab.PublishAsync("kept", 1);
            Assert.Equal("""{"topic":"kept","data":1}""", await first.NextAsync());
            position = first.LastId;
        }

        await lab.PublishAsync("kept", 2);
        using var second = await lab.OpenAsync("kept", headers: ("Last-Event-ID", position!));
        await lab.PublishAsync("kept", 3);

        Assert.Equal("""{"topic":"kept","data":2}""", await second.NextAsync());
        Assert.Equal("""{"topic":"kept","data":3}""", await second.NextAsync());
    }

    [Fact]
    public async Task A_stream_has_a_position_before_its_first_event()
    {
        await using var lab = await StartAsync();
        string? position;
        using (var first = await lab.OpenAsync("state:x"))
        {
            Assert.Equal((EventStreamEvents.Snapshot, """{"subscribed":"state:x","snapshot":{"id":"x"}}"""), await first.ReadAsync());
            await lab.PublishAsync("state:x", 1);
            await first.NextAsync();
            position = first.LastId;
        }

        // It resumes without the snapshot.
        await lab.PublishAsync("state:x", 2);
        using var second = await EventStreamClient.OpenAsync(lab.Http($"/live/state:x?lastEventId={Uri.EscapeDataString(position!)}"));
        Assert.Equal("""{"topic":"state:x","data":2}""", await second.NextAsync());
    }

    [Fact]
    public async Task What_is_not_kept_any_more_begins_with_the_event_that_says_so()
    {
        await using var lab = await StartAsync();
        string? position;
        using (var first = await lab.OpenAsync("kept"))
        {
            await lab.PublishAsync("kept", 0);
            await first.NextAsync();
            position = first.LastId;
        }

        for (var i = 1; i <= 5; i++)
            await lab.PublishAsync("kept", i);
        using var second = await lab.OpenAsync("kept", headers: ("Last-Event-ID", position!));
        await lab.PublishAsync("kept", 6);

        Assert.Equal((EventStreamEvents.Lost, """{"subscribed":"kept","recovery":"lost","reason":"expired"}"""), await second.ReadAsync());
        Assert.Equal("""{"topic":"kept","data":6}""", await second.NextAsync());
    }

    [Theory]
    [InlineData("kept")]
    [InlineData("news")]
    public async Task A_position_that_cannot_be_read_is_lost_and_not_refused(string topic)
    {
        await using var lab = await StartAsync();

        using var stream = await lab.OpenAsync(topic, headers: ("Last-Event-ID", "@@forged@@"));

        Assert.Equal((EventStreamEvents.Lost, $$"""{"subscribed":"{{topic}}","recovery":"lost","reason":"unknown"}"""), await stream.ReadAsync());
    }

    [Fact]
    public async Task A_large_event_has_its_position_too()
    {
        await using var lab = await StartAsync();
        var text = new string('x', 200_000);
        using var stream = await lab.OpenAsync("kept");
        await lab.PublishAsync("kept", text);

        Assert.Equal($$"""{"topic":"kept","data":"{{text}}"}""", await stream.NextAsync());
        Assert.Contains(".1,~", stream.LastId, StringComparison.Ordinal);
    }

    [Fact]
    public void A_position_tells_of_holes_and_keeps_its_time_until_the_replay_has_been_written()
    {
        var position = new StreamPosition("3k9f0zr1x5wqd.1,~0vr7mk4sc2q8e.100", 1, () => 200);

        Assert.True(position.TryAdvance("3k9f0zr1x5wqd.1"u8)); // a number that was there already
        Assert.Equal("3k9f0zr1x5wqd.1,~0vr7mk4sc2q8e.200", position.ToString());
        Assert.False(position.TryAdvance("3k9f0zr1x5wqd.3"u8));
        Assert.True(position.TryAdvance("3k9f0zr1x5wqd.4"u8));
        Assert.True(position.TryRefresh("~0vr7mk4sc2q8e.300"u8));
        Assert.Equal("~0vr7mk4sc2q8e.300", position.ToString());
        Assert.True(position.TryAdvance("3k9f0zr1x5wqd.5"u8)); // the origin was quiet, but the stream has had its numbers
        Assert.False(position.TryRefresh("3k9f0zr1x5wqd.6,~0vr7mk4sc2q8e.300"u8));
    }
}
