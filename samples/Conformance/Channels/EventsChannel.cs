using System.Text.Json;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>The operations of the event hub as actions.</summary>
public static class EventsChannel
{
    private static readonly Topic<string, JsonElement> Any = new("{topic}");

    public static PikkuBuilder WireHub(this PikkuBuilder pikku) => pikku.WireChannel("events", channel =>
    {
        channel.AddTopic(Any);
        channel.AllowAnonymous().MapAction("subscribe", (TopicName input, PikkuContext context) => context.EventHub.SubscribeAsync(new Topic<JsonElement>(input.Topic)));
        channel.MapAction("unsubscribe", (TopicName input, PikkuContext context) => context.EventHub.UnsubscribeAsync(new Topic<JsonElement>(input.Topic)));
        channel.MapAction("publish", (Publication input, PikkuContext context) => context.EventHub.PublishAsync(
            new Topic<JsonElement>(input.Topic),
            input.Data,
            new PublishOptions { ExceptChannelId = input.SkipSelf ? context.Channel.Id : null, PayloadOnly = input.Raw }));
        channel.MapAction("publishBin", (TopicName input, PikkuContext context) => context.EventHub.PublishAsync(new Topic<byte[]>(input.Topic), [4, 5, 6]));
    });

    public sealed record Publication(string Topic, JsonElement Data, bool SkipSelf = false, bool Raw = false);
}
