using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.EventStreams;

[Trait("Rule", "A6")]
public sealed class EventsWiringSpec
{
    [Fact]
    public async Task The_start_refuses_events_without_topics_and_actions_with_the_names_of_the_feature()
    {
        var refused = await Assert.ThrowsAsync<PikkuWiringException>(() => Lab.Start(new LabOptions
        {
            Pikku = pikku => pikku
                .WireEvents(_ => { })
                .WireEvents("live", events => events.AddTopic(StreamLab.News))
                .ConfigureChannel("live", channel => channel.MapAction("subscribe", () => 1)),
        }));

        Assert.Contains("has no valid topic; add one with AddTopic", refused.Message, StringComparison.Ordinal);
        Assert.Contains("maps the action 'subscribe', which WireEvents provides", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_is_the_channel_events_at_its_name_and_the_route_can_be_another()
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            Pikku = pikku => pikku
                .WireEvents(events => events.AddTopic(StreamLab.News).AllowAnonymous())
                .WireEvents("others", events => events.Route("/a/b").AddTopic(new Topic<int>("other")).AllowAnonymous()),
        });

        using var news = await EventStreamClient.OpenAsync(lab.Http("/events/news"));
        using var other = await EventStreamClient.OpenAsync(lab.Http("/a/b/other"));
        using var socket = await lab.Connect("/a/b");

        Assert.Equal("""{"action":"subscribe"}""", await socket.Ask("""{"action":"subscribe","topic":"other"}"""));
        await lab.Services.GetRequiredService<IEventHub>().PublishAsync(new Topic<int>("other"), 1);
        Assert.Equal("""{"topic":"other","data":1}""", await socket.Receive());
        Assert.Equal("""{"topic":"other","data":1}""", await other.NextAsync());
    }
}
