using System.Text.Json;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;
using Xunit;

namespace Pikku.Akka.Tests.EventHub;

/// <summary>Server code subscribes to topics and reads their events with <c>await foreach</c>.</summary>
[Trait("Rule", "U3")]
public sealed class ServerSubscriptionSpec : TestKit
{
    private static readonly Topic<int> News = new("news");

    [Fact]
    public async Task Receives_every_event_that_is_published_after_the_subscription_in_order()
    {
        using var node = await StartAsync();
        await node.Hub.PublishAsync(News, 0);
        await using var events = await node.Hub.SubscribeAsync(News);

        for (var i = 1; i <= 100; i++)
            await node.Hub.PublishAsync(News, i);

        Assert.Equal(Enumerable.Range(1, 100), await TakeAsync(events, 100));
    }

    [Fact]
    public async Task A_reader_that_is_too_slow_gets_what_was_buffered_and_then_an_error()
    {
        using var node = await StartAsync(maxBufferedSize: 1000);
        await using var events = await node.Hub.SubscribeAsync(News);
        for (var i = 0; i < 100; i++)
            await node.Hub.PublishAsync(News, i);

        var (read, error) = await ReadToEndAsync(events);

        Assert.Equal(Enumerable.Range(0, read.Count), read);
        Assert.InRange(read.Count, 1, 10);
        Assert.Equal(EventHubErrorReason.Lost, Assert.IsType<EventHubException>(error).Reason);
        await WhenUnsubscribedAsync(node);
    }

    [Fact]
    public async Task A_single_event_above_the_buffer_size_is_no_loss()
    {
        using var node = await StartAsync(maxBufferedSize: 1);
        await using var events = await node.Hub.SubscribeAsync(News);

        await node.Hub.PublishAsync(News, 1);

        Assert.Equal([1], await TakeAsync(events, 1));
    }

    [Fact]
    public async Task Events_that_were_lost_between_nodes_are_an_error_after_those_that_were_received()
    {
        using var node = await StartAsync();
        await using var events = await node.Hub.SubscribeAsync(News);
        await node.Hub.PublishAsync(News, 1);
        node.Client.Tell(
            Lanes.Of(EventHubGap.Topic.Name),
            new HubProtocol.Announce(EventEncoder.Encode(EventHubGap.Topic.Name, new EventHubGap("other", 1), default, JsonSerializerOptions.Web, int.MaxValue)));

        var (read, error) = await ReadToEndAsync(events);

        Assert.Equal([1], read);
        Assert.Equal(EventHubErrorReason.Lost, Assert.IsType<EventHubException>(error).Reason);
        await WhenUnsubscribedAsync(node);
    }

    [Fact]
    public async Task Disposing_ends_the_enumeration_and_removes_the_subscription()
    {
        using var node = await StartAsync();
        var events = await node.Hub.SubscribeAsync(News);
        var reading = ReadToEndAsync(events);

        await events.DisposeAsync();

        var (read, error) = await reading;
        Assert.Empty(read);
        Assert.Null(error);
        await WhenUnsubscribedAsync(node);
    }

    [Fact]
    public async Task The_end_of_the_hub_is_an_error()
    {
        using var node = await StartAsync();
        await using var events = await node.Hub.SubscribeAsync(News);

        await node.Actor.GracefulStop(TimeSpan.FromSeconds(10));

        var (_, error) = await ReadToEndAsync(events);
        Assert.Equal(EventHubErrorReason.Unavailable, Assert.IsType<EventHubException>(error).Reason);
    }

    [Fact]
    public async Task A_canceled_enumeration_leaves_the_subscription_to_its_owner()
    {
        using var node = await StartAsync();
        await using var events = await node.Hub.SubscribeAsync(News);
        using var cancel = new CancellationTokenSource();
        await using var reader = events.GetAsyncEnumerator(cancel.Token);
        var moving = reader.MoveNextAsync();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await moving);
        Assert.Throws<InvalidOperationException>(() => events.GetAsyncEnumerator());
    }

    [Fact]
    public async Task Another_type_is_refused_and_leaves_nothing_behind()
    {
        using var node = await StartAsync();
        await using var events = await node.Hub.SubscribeAsync(News);

        var error = await Assert.ThrowsAsync<EventHubException>(async () => await node.Hub.SubscribeAsync(new Topic<string>("news")));

        Assert.Equal(EventHubErrorReason.TypeMismatch, error.Reason);
        Assert.Equal(1, node.Count("refused"));
        await events.DisposeAsync();
        await WhenUnsubscribedAsync(node);
    }

    private async Task<HubNode> StartAsync(int maxBufferedSize = 1024 * 1024)
    {
        var node = new HubNode(Sys, null, 1000, change: settings => settings with { MaxBufferedSize = maxBufferedSize });
        await node.Client.Opened;
        return node;
    }

    private Task WhenUnsubscribedAsync(HubNode node) => AwaitAssertAsync(() => Assert.Equal(0, node.Count("subscriptions")));

    private static async Task<List<T>> TakeAsync<T>(EventSubscription<T> events, int count)
    {
        var taken = new List<T>();
        await foreach (var item in events)
        {
            taken.Add(item);
            if (taken.Count == count)
                break;
        }

        return taken;
    }

    private static async Task<(List<int> Read, Exception? Error)> ReadToEndAsync(EventSubscription<int> events)
    {
        var read = new List<int>();
        try
        {
            await foreach (var item in events)
                read.Add(item);
            return (read, null);
        }
        catch (EventHubException e)
        {
            return (read, e);
        }
    }
}
