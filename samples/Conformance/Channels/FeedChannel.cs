using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>A topic that keeps its events for longer than a node takes to restart, and a state topic whose entries may end with their connection.</summary>
public static class FeedChannel
{
    private static readonly Topic<FeedKey, FeedEvent> Feed = new("feed:{name}");

    private static readonly StateTopic<FeedKey, int> Marks = new("marks:{name}");

    public static PikkuBuilder WireFeed(this PikkuBuilder pikku) => pikku.WireChannel("feed", channel =>
    {
        channel.AllowAnonymous();
        channel.AddTopic(Feed).AllowSubscribe().AllowAnonymous().WithHistory(1000, TimeSpan.FromMinutes(10));
        channel.AddState(Marks).AllowSubscribe().AllowAnonymous();
        channel.MapAction("publish", (FeedPublication input, PikkuContext context) => context.EventHub.PublishAsync(
            Feed.For(new FeedKey(input.Name)),
            input.Event,
            new PublishOptions { Durability = input.Replicated ? EventDurability.Replicated : EventDurability.Local }));
        channel.MapAction("mark", (Mark input, PikkuContext context, IPikkuState state) =>
            state.SetAsync(Marks.For(new FeedKey(input.Name)), input.Key, input.Value, input.Stays ? null : context.Channel.Id));
    });

    public sealed record FeedKey(string Name);

    public sealed record FeedEvent(string Publisher, int Number);

    public sealed record FeedPublication(string Name, FeedEvent Event, bool Replicated = false);

    public sealed record Mark(string Name, string Key, int Value, bool Stays = false);
}
