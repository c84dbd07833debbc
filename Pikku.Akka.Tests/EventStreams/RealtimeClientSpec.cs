using Pikku.Akka.EventStreams;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.EventStreams;

[Trait("Rule", "O4")]
public sealed class RealtimeClientSpec
{
    [Fact]
    public async Task A_client_of_Pikku_gets_the_events_of_its_topics_and_takes_no_reply_for_an_event()
    {
        await using var lab = await StreamLab.StartAsync();
        using var client = new RealtimeClient(lab.Ws("/live"));
        await client.OpenAsync();

        var news = await client.SubscribeAsync("news");
        var room = await client.SubscribeAsync("room:7");
        await client.SubscribeAsync("denied");
        for (var reply = 0; reply < 3; reply++)
            await client.HandleNextAsync();
        await lab.PublishAsync("news", new { n = 1 });
        await lab.PublishAsync("room:7", new { n = 2 });
        await client.HandleNextAsync();
        await client.HandleNextAsync();

        Assert.Equal(["""{"n":1}"""], news);
        Assert.Equal(["""{"n":2}"""], room);
        Assert.Equal(["""{"action":"subscribe"}""", """{"action":"subscribe"}"""], client.Ignored.Take(2));
        Assert.Contains("\"errorName\":\"ForbiddenError\",\"action\":\"subscribe\"", client.Ignored.Last(), StringComparison.Ordinal);

        await client.UnsubscribeAsync("news");
        await client.HandleNextAsync();
        await lab.PublishAsync("news", new { n = 3 });
        await lab.PublishAsync("room:7", new { n = 4 });
        await client.HandleNextAsync();

        Assert.Equal("""{"action":"unsubscribe"}""", client.Ignored.Last());
        Assert.Equal(2, room.Count);
    }

    [Fact]
    public async Task A_client_of_Pikku_subscribes_to_all_of_its_topics_after_it_was_disconnected()
    {
        await using var lab = await StreamLab.StartAsync();
        using var client = new RealtimeClient(lab.Ws("/live"));
        var news = await client.SubscribeAsync("news");
        var room = await client.SubscribeAsync("room:7");
        await client.OpenAsync();
        await client.HandleNextAsync();
        await client.HandleNextAsync();

        lab.Directory.All.Single().Close(CloseCode.GoingAway, "gone");
        for (var step = 0; step < 3; step++)
            await client.HandleNextAsync(); // the end, and two replies
        await lab.PublishAsync("news", 1);
        await lab.PublishAsync("room:7", 2);
        await client.HandleNextAsync();
        await client.HandleNextAsync();

        Assert.Equal(["1"], news);
        Assert.Equal(["2"], room);
    }

    [Fact]
    [Trait("Rule", "O5")]
    public async Task A_client_of_Pikku_finds_the_events_of_a_stream_and_nothing_else()
    {
        await using var lab = await StreamLab.StartAsync("pikku.connection { ping-interval = 10ms, sweep-interval = 1h }");
        await using var client = await RawClient.Connect(lab.Port);
        await client.Send("GET /live/news HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: forged.1\r\n\r\n");
        await Eventually.Holds(() => lab.Directory.Count == 1, "the stream is open");
        var connection = lab.Directory.All.Single();
        await Eventually.Holds(() => ((EventStreamTransport)connection.Transport).HasBegun, "it is subscribed");
        await lab.Sweep();
        await lab.PublishAsync("news", "a\nb");
        await lab.PublishAsync("news", new { n = 2 });
        connection.Close(CloseCode.GoingAway, "bye; retry-after-ms=5");

        var response = await client.ReadResponse();

        var frames = response.Body.Split("\n\n").Select(RealtimeClient.DataOf).OfType<string>().ToArray();
        Assert.Equal(["""{"topic":"news","data":"a\nb"}""", """{"topic":"news","data":{"n":2}}"""], frames.Where(frame => RealtimeClient.TopicOf(frame) is not null));
        Assert.Equal(4, frames.Length); // the others are pikku-lost and pikku-close
    }
}
