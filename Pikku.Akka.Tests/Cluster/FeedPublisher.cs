using Pikku.Akka.Tests.Clients.CSharp.Generated;
using Pikku.Akka.Tests.WebSockets;
using ServerError = Pikku.Akka.Tests.Clients.CSharp.Generated.PikkuException;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A generated client that publishes one event after another, from node to node, and counts those that were acknowledged.</summary>
internal sealed class FeedPublisher : IAsyncDisposable
{
    /// <summary>
    /// How many events a publisher is ahead of the slowest follower, also of one that is away. What a follower misses is therefore less than a node replays, however slow
    /// the machine is.
    /// </summary>
    private const int Ahead = 100;

    private readonly HashSet<int> _acknowledged = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly PikkuWebSocket _client;
    private readonly IReadOnlyList<Follower> _followers;
    private readonly string _feed;
    private readonly bool _isReplicated;
    private readonly Task _running;
    private int _count;
    private int _behindAcknowledged;

    public FeedPublisher(IReadOnlyList<Uri> addresses, int node, string feed, string name, bool isReplicated, IReadOnlyList<Follower> followers)
    {
        Connect = new RoamingConnect(addresses, node);
        _client = new PikkuWebSocket(RoamingConnect.Anywhere, Connect.Options);
        (_feed, Name, _isReplicated, _followers) = (feed, name, isReplicated, followers);
        _running = RunAsync();
    }

    public string Name { get; }

    public RoamingConnect Connect { get; }

    /// <summary>The number of events that it has tried to publish.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The events that a node has acknowledged; to be read after the end of the publisher.</summary>
    public IReadOnlySet<int> Acknowledged => _acknowledged;

    /// <summary>Ends the publisher after its open call.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _client.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            if (!_followers.All(IsInStep))
                await Eventually.Holds(() => _stop.IsCancellationRequested || _followers.All(IsInStep), "the followers keep up");
            else
                await PublishAsync();
        }
    }

    private bool IsInStep(Follower follower) => _behindAcknowledged - follower.NextOf(Name) < Ahead;

    private async Task PublishAsync()
    {
        // An event that is not acknowledged is not published again: nobody knows whether it exists.
        var number = Count;
        Volatile.Write(ref _count, number + 1);
        try
        {
            await _client.Feed.PublishAsync(new FeedPublication { Name = _feed, Event = new FeedEvent { Publisher = Name, Number = number }, Replicated = _isReplicated });
            _acknowledged.Add(number);
            _behindAcknowledged = number + 1;
        }
        catch (Exception error) when (error is PikkuConnectionLostException or ServerError or TimeoutException)
        {
        }
    }
}
