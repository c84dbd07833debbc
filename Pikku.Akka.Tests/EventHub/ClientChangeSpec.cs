using System.Text.Json;
using Akka.TestKit.Xunit2;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;
using Xunit;

namespace Pikku.Akka.Tests.EventHub;

/// <summary>The subscriptions that clients make by themselves, in the lanes of the hub.</summary>
[Trait("Rule", "O3")]
public sealed class ClientChangeSpec : TestKit
{
    private static readonly Topic<int> News = new("news");

    [Fact]
    public async Task A_change_that_is_not_committed_leaves_nothing_behind()
    {
        using var node = await StartAsync();
        var subscriber = node.Connect("a");

        await node.Hub.ChangeAsync(new Change(subscriber, () => false));
        await node.Hub.PublishAsync(News, 1);

        Assert.Empty(subscriber.Received);
        Assert.Equal(0, node.Count("subscriptions"));
    }

    [Fact]
    public async Task A_commit_that_throws_fails_its_call_and_harms_nothing_else()
    {
        using var node = await StartAsync();
        var subscriber = node.Connect("a");

        await Assert.ThrowsAsync<EventHubException>(async () => await node.Hub.ChangeAsync(new Change(subscriber, () => throw new InvalidOperationException())));
        Assert.Equal(0, node.Count("subscriptions"));
        await node.Hub.ChangeAsync(new Change(subscriber, () => true));
        await node.Hub.PublishAsync(News, 1);

        Assert.Equal("""{"topic":"news","data":1}""", await subscriber.NextAsync());
    }

    [Fact]
    public async Task The_commit_and_the_change_are_one_turn_of_the_lane()
    {
        using var node = await StartAsync();
        var subscriber = node.Connect("a");
        var publishing = Task.CompletedTask;

        // The publish is issued within the turn, so it is delivered after it.
        await node.Hub.ChangeAsync(new Change(subscriber, () => Publish(1)));
        await publishing;
        Assert.Equal("""{"topic":"news","data":1}""", await subscriber.NextAsync());

        await node.Hub.ChangeAsync(new End(subscriber, () => Publish(2)));
        await publishing;
        Assert.Single(subscriber.Received);

        bool Publish(int data)
        {
            publishing = node.Hub.PublishAsync(News, data).AsTask();
            return true;
        }
    }

    [Fact]
    public async Task A_client_that_ends_what_it_does_not_have_leaves_the_subscription_of_the_application()
    {
        using var node = await StartAsync();
        var subscriber = node.Connect("a");
        await node.Hub.SubscribeAsync(News, "a");

        await node.Hub.ChangeAsync(new End(subscriber, () => true));
        await node.Hub.PublishAsync(News, 1);

        Assert.Single(subscriber.Received);
        Assert.Empty(subscriber.Ended);
    }

    [Fact]
    public async Task The_subscriber_is_told_only_when_the_application_ends_what_the_client_made()
    {
        using var node = await StartAsync();
        var subscriber = node.Connect("a");
        await node.Hub.SubscribeAsync(News, "a");
        await node.Hub.UnsubscribeAsync(News, "a");
        Assert.Empty(subscriber.Ended);

        await node.Hub.ChangeAsync(new Change(subscriber, () => true));
        await node.Hub.UnsubscribeAsync(News, "a");
        Assert.Equal(["news"], subscriber.Ended);
        Assert.Equal(0, node.Count("subscriptions"));
    }

    [Fact]
    public async Task Another_type_is_refused_before_the_commit()
    {
        using var node = await StartAsync();
        node.Connect("a");
        await node.Hub.SubscribeAsync(new Topic<string>("news"), "a");
        var other = node.Connect("b");

        var e = await Assert.ThrowsAsync<EventHubException>(async () => await node.Hub.ChangeAsync(new Change(other, () => throw new InvalidOperationException())));
        Assert.Equal(EventHubErrorReason.TypeMismatch, e.Reason);
    }

    [Fact]
    public async Task A_connection_that_has_ended_is_not_subscribed()
    {
        using var node = await StartAsync();
        var subscriber = node.Connect("a");
        node.Disconnect(subscriber);

        await node.Hub.ChangeAsync(new Change(subscriber, () => throw new InvalidOperationException()));
        Assert.Equal(0, node.Count("subscriptions"));
    }

    private async Task<HubNode> StartAsync()
    {
        var node = new HubNode(Sys, null, 1000);
        await node.Client.Opened;
        return node;
    }

    private sealed class Change(IEventSubscriber subscriber, Func<bool> commit) : IClientSubscribe
    {
        public string Topic => News.Name;

        public IEventSubscriber Subscriber => subscriber;

        public TopicType Type => TopicType<int>.For(JsonSerializerOptions.Web);

        public Position? Since => null;

        public string? Outcome => null;

        public bool IsOver => false;

        public SubscribeOutcome TryCommit(in Recovery recovery) => commit() ? SubscribeOutcome.Committed : SubscribeOutcome.Declined;

        public void Parked() => throw new InvalidOperationException();

        public void Unparked(EventHubException? refusal) => throw new InvalidOperationException();
    }

    private sealed class End(IEventSubscriber subscriber, Func<bool> commit) : IClientEnd
    {
        public string Topic => News.Name;

        public IEventSubscriber Subscriber => subscriber;

        public bool TryCommit() => commit();
    }
}
