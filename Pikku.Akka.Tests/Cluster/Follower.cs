using Pikku.Akka.Tests.Clients.CSharp.Generated;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A generated client that follows a topic with history from node to node, and records all that it receives.</summary>
internal sealed class Follower : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<FeedEntry> _entries = [];
    private readonly Dictionary<string, int> _next = new(StringComparer.Ordinal);
    private readonly List<PikkuLossReason> _losses = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly PikkuWebSocket _client;
    private readonly FeedKey _key;
    private readonly Task _running;
    private int _subscriptions;
    private int _replayed;

    public Follower(IReadOnlyList<Uri> addresses, int node, string feed)
    {
        Connect = new RoamingConnect(addresses, node);
        _client = new PikkuWebSocket(RoamingConnect.Anywhere, Connect.Options);
        _key = new FeedKey { Name = feed };
        _running = RunAsync();
    }

    public RoamingConnect Connect { get; }

    /// <summary>How often a server has accepted the subscription, the first time included.</summary>
    public int Subscriptions => Volatile.Read(ref _subscriptions);

    /// <summary>The number of events that were published while the client was away.</summary>
    public int Replayed => Volatile.Read(ref _replayed);

    public IReadOnlyList<FeedEntry> Entries => Locked(() => _entries.ToArray());

    public IReadOnlyList<PikkuLossReason> Losses => Locked(() => _losses.ToArray());

    /// <summary>The number behind the greatest one of a publisher.</summary>
    public int NextOf(string publisher) => Locked(() => _next.GetValueOrDefault(publisher));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _client.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var events = _client.Feed.WatchFeed(_key, _stop.Token);
                // The second handler shares the subscription of the loop, and says when it is in force.
                using var subscribed = _client.Feed.SubscribeToFeed(
                    _key, _ => { }, new PikkuSubscriptionOptions { OnSubscribed = () => Interlocked.Increment(ref _subscriptions), OnLost = _ => { } });
                await foreach (var received in events)
                    Add(received);
            }
            catch (PikkuEventsLostException lost)
            {
                Locked(() => _losses.Add(lost.Reason));
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
            }
        }
    }

    private void Add(PikkuEvent<FeedEvent> received)
    {
        if (received.IsReplayed)
            Interlocked.Increment(ref _replayed);
        var entry = FeedEntry.Of(received);
        lock (_gate)
        {
            _entries.Add(entry);
            _next[entry.Publisher] = Math.Max(_next.GetValueOrDefault(entry.Publisher), entry.Item + 1);
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
            return read();
    }

    private void Locked(Action change)
    {
        lock (_gate)
            change();
    }
}
