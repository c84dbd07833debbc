using System.Text.Json;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>The operations of the event hub as actions.</summary>
public static class EventsChannel
{
    public static PikkuBuilder WireEvents(this PikkuBuilder pikku) => pikku.WireChannel("events", channel => channel
        .Auth(false)
        .Topic<JsonElement>("{topic}")
        .OnMessage("action", on => on
            .On("subscribe", (TopicName input, Wire wire) => wire.EventHub.Subscribe(new Topic<JsonElement>(input.Topic)))
            .On("unsubscribe", (TopicName input, Wire wire) => wire.EventHub.Unsubscribe(new Topic<JsonElement>(input.Topic)))
            .On("publish", (Publication input, Wire wire) => wire.EventHub.Publish(
                new Topic<JsonElement>(input.Topic),
                input.Data,
                new PublishOptions { Except = input.SkipSelf ? wire.Channel.Id : null, Raw = input.Raw }))
            .On("publishBin", (TopicName input, Wire wire) => wire.EventHub.Publish(new Topic<byte[]>(input.Topic), [4, 5, 6]))));

    public sealed record Publication(string Topic, JsonElement Data, bool SkipSelf = false, bool Raw = false);
}
