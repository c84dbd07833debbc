using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.Conformance;
using Pikku.Akka.Tests.WebSockets;
using Xunit;
using Client = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuWebSocket;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>The generated client resumes on the application that it was generated from; the test cuts its connections.</summary>
[Trait("Rule", "P4")]
public sealed class ResumeEndToEndSpec(OneNode node) : IClassFixture<OneNode>
{
    private readonly ConcurrentQueue<WebSocket> _sockets = new();
    private readonly SemaphoreSlim _network = new(1, 1);

    // Topics of other tests have other names.
    private readonly NameKey _key = new() { Name = Guid.NewGuid().ToString("N") };

    private PikkuOptions Options => new() { Connect = ConnectAsync, MinDelay = TimeSpan.FromMilliseconds(1), MaxDelay = TimeSpan.FromMilliseconds(10) };

    [Fact]
    public async Task A_loop_receives_every_event_once_although_its_connection_is_cut()
    {
        await using var client = new Client(node.Address, Options);
        await using var publisher = new Client(node.Address);
        await using var events = client.Boards.WatchPublic(_key).GetAsyncEnumerator();
        await client.Boards.PublishAsync(Event(0));
        var first = await NextAsync(events);
        Assert.Equal((0, false), (first.Data.GetInt32(), first.IsReplayed));
        for (var number = 1; number <= 20; number++)
        {
            if (number % 5 == 1)
                await CutAsync(() => publisher.Boards.PublishAsync(Event(number)));
            else
                await publisher.Boards.PublishAsync(Event(number));
            Assert.Equal(number, (await NextAsync(events)).Data.GetInt32());
        }
    }

    [Fact]
    public async Task Events_that_are_published_while_the_client_is_away_are_replayed()
    {
        await using var client = new Client(node.Address, Options);
        await using var publisher = new Client(node.Address);
        await using var events = client.Boards.WatchPublic(_key).GetAsyncEnumerator();
        await client.Boards.PublishAsync(Event(0));
        await NextAsync(events);
        await CutAsync(async () =>
        {
            await publisher.Boards.PublishAsync(Event(1));
            await publisher.Boards.PublishAsync(Event(2));
        });
        foreach (var number in (int[])[1, 2])
        {
            var replayed = await NextAsync(events);
            Assert.Equal((number, true), (replayed.Data.GetInt32(), replayed.IsReplayed));
        }
    }

    [Fact]
    public async Task A_client_that_was_away_for_longer_than_the_history_is_told()
    {
        await using var client = new Client(node.Address, Options);
        await using var publisher = new Client(node.Address);
        await using var events = client.Boards.SubscribeToPublic(_key).GetAsyncEnumerator();
        await client.Boards.PublishAsync(Event(0));
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience));
        await CutAsync(async () =>
        {
            // One more than the topic keeps.
            for (var number = 1; number <= 6; number++)
                await publisher.Boards.PublishAsync(Event(number));
        });
        var loss = await Assert.ThrowsAsync<PikkuEventsLostException>(() => events.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience));
        Assert.Equal(PikkuLossReason.Expired, loss.Reason);
    }

    [Fact, Trait("Rule", "P9")]
    public async Task A_live_state_is_loaded_and_goes_on_after_a_cut()
    {
        await using var client = new Client(node.Address, Options);
        await using var publisher = new Client(node.Address);
        using var follower = client.Boards.SubscribeToState(_key, _ => { });
        using var live = client.Boards.LiveState(_key, (state, e) => state with { State = $"{state.State} {e}" });
        await live.WaitUntilLoadedAsync().WaitAsync(Eventually.Patience);
        Assert.Equal((_key.Name, PikkuLiveStatus.Live), (live.Value!.State, live.Status));
        await publisher.Boards.PublishAsync(Event(1, "state"));
        await CutAsync(() => publisher.Boards.PublishAsync(Event(2, "state")));
        await publisher.Boards.PublishAsync(Event(3, "state"));
        await Eventually.Holds(() => live.Value!.State == $"{_key.Name} 1 2 3", "all events are applied");
        await using var updates = client.Boards.WatchState(_key).GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience));
        Assert.Equal(_key.Name, updates.Current.State!.State);
    }

    private BoardEvent Event(int number, string family = "public") => new() { Topic = $"{family}:{_key.Name}", Data = JsonSerializer.SerializeToElement(number) };

    /// <summary>Cuts the connections of the client, and lets it reconnect after an action.</summary>
    private async Task CutAsync(Func<Task> meanwhile)
    {
        await _network.WaitAsync();
        while (_sockets.TryDequeue(out var socket))
            socket.Abort();
        await meanwhile();
        _network.Release();
    }

    private async Task<WebSocket> ConnectAsync(Uri address, PikkuUpgrade upgrade, CancellationToken cancellationToken)
    {
        await _network.WaitAsync(cancellationToken);
        _network.Release();
        var socket = await PikkuUpgrade.ConnectAsync(address, upgrade, cancellationToken);
        _sockets.Enqueue(socket);
        return socket;
    }

    private static async Task<PikkuEvent<JsonElement>> NextAsync(IAsyncEnumerator<PikkuEvent<JsonElement>> events)
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(Eventually.Patience));
        return events.Current;
    }
}
