using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Followers and publishers of one topic, and the accounts of what was published and what was received.</summary>
internal sealed class FeedLoad : IAsyncDisposable
{
    private readonly ProcessCluster _cluster;
    private readonly string _feed = Guid.NewGuid().ToString("N");
    private readonly List<Follower> _followers = [];
    private readonly List<FeedPublisher> _publishers = [];

    private FeedLoad(ProcessCluster cluster) => _cluster = cluster;

    public IReadOnlyList<Follower> Followers => _followers;

    public IReadOnlyList<FeedPublisher> Publishers => _publishers;

    /// <summary>The number of events that publishers have tried to publish.</summary>
    public int Count => _publishers.Sum(publisher => publisher.Count);

    /// <summary>Starts the followers, and when they are subscribed the publishers. Returns when events flow.</summary>
    /// <param name="cluster">The nodes.</param>
    /// <param name="followers">The node of each follower.</param>
    /// <param name="publishers">The node of each publisher, and whether its events are acknowledged only when a second node has them.</param>
    public static async Task<FeedLoad> StartAsync(ProcessCluster cluster, int[] followers, params (int Node, bool IsReplicated)[] publishers)
    {
        var load = new FeedLoad(cluster);
        load._followers.AddRange(followers.Select(node => new Follower(cluster.Addresses, node, load._feed)));
        await Eventually.Holds(() => load._followers.All(follower => follower.Subscriptions > 0), "all are subscribed");
        foreach (var (node, isReplicated) in publishers)
            load._publishers.Add(new FeedPublisher(cluster.Addresses, node, load._feed, $"p{load._publishers.Count}", isReplicated, load._followers));
        await load.FlowsAsync();
        return load;
    }

    /// <summary>Returns when each of the publishers has published for a while, after whatever happened before.</summary>
    public async Task FlowsAsync()
    {
        var waiting = _publishers.Select(publisher => (Publisher: publisher, Until: publisher.Count + 60)).ToArray();
        await Eventually.Holds(() => waiting.All(one => one.Publisher.Count >= one.Until), "events flow");
    }

    /// <summary>Publishes one event on a node that runs.</summary>
    public Task PublishAsync(string publisher) => _cluster.Node(_cluster.Running[0]).PublishToFeedAsync(_feed, publisher);

    /// <summary>Returns when a follower that is away has missed events of each of the publishers.</summary>
    public Task MissesAsync(Follower away) =>
        Eventually.Holds(() => _publishers.All(publisher => publisher.Count - away.NextOf(publisher.Name) > 50), "it misses events");

    /// <summary>
    /// Ends the publishers, waits until everything has arrived, and compares the accounts: every follower has every event that was acknowledged, once, in the order of
    /// its origin and without a hole; of the events that were not acknowledged, all have the same ones.
    /// </summary>
    /// <param name="doubtful">The follower that may have an event that died with all nodes that had it, so that its position is lost. It is compared unless it was told so.</param>
    /// <param name="uncertain">The publishers whose last acknowledged events may be gone, because all nodes that had them were killed at once.</param>
    public async Task SettleAsync(Follower? doubtful = null, params FeedPublisher[] uncertain)
    {
        foreach (var publisher in _publishers)
            await publisher.StopAsync();
        // Behind the last event of each living origin: what came before it has come, and what comes twice has come twice.
        foreach (var node in _cluster.Running)
            await _cluster.Node(node).PublishToFeedAsync(_feed, EndOf(node));
        var certain = _publishers.Except(uncertain).ToArray();
        try
        {
            await Eventually.Holds(
                () => Compared(doubtful).All(follower => HasAll(follower, certain)) && Compared(doubtful).All(follower => Counts(follower).SetEquals(Counts(_followers[0]))), "all have the same events");
        }
        catch (Exception)
        {
            // Says more than that they do not.
            Assert.Equal([], _followers.Select((follower, index) =>
                $"follower {index}: {follower.Subscriptions} subscriptions, losses [{string.Join(", ", follower.Losses)}], {string.Join(", ", Counts(follower).Order())}, ends {string.Join(' ', follower.Entries.Where(entry => entry.Publisher.StartsWith("end", StringComparison.Ordinal)).Select(entry => entry.Publisher))}"));
            throw;
        }

        Assert.All(_followers.Where(follower => follower != doubtful), follower => Assert.Empty(follower.Losses));
        foreach (var follower in Compared(doubtful))
        {
            Assert.All(ByOrigin(follower), origin => Assert.Equal(Enumerable.Range(1, origin.Count()).Select(number => (long)number), origin.Select(entry => entry.Number)));
            Assert.All(ByOrigin(_followers[0]), origin => Assert.Equal(origin, ByOrigin(follower)[origin.Key]));
            foreach (var publisher in _publishers)
                Compare(publisher, follower, isCertain: certain.Contains(publisher));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var publisher in _publishers)
            await publisher.DisposeAsync();
        foreach (var follower in _followers)
            await follower.DisposeAsync();
    }

    private static string EndOf(int node) => $"end of {node}";

    private static ILookup<string, FeedEntry> ByOrigin(Follower follower) => follower.Entries.ToLookup(entry => entry.Origin);

    private static HashSet<(string Origin, int Count)> Counts(Follower follower) => [.. ByOrigin(follower).Select(origin => (origin.Key, origin.Count()))];

    private static void Compare(FeedPublisher publisher, Follower follower, bool isCertain)
    {
        var items = follower.Entries.Where(entry => entry.Publisher == publisher.Name).ToArray();
        Assert.Distinct(items.Select(entry => entry.Item));
        Assert.All(items, entry => Assert.InRange(entry.Item, 0, publisher.Count - 1));
        Assert.All(items.GroupBy(entry => entry.Origin), origin => Assert.Equal(origin.Select(entry => entry.Item).Order(), origin.Select(entry => entry.Item)));
        if (isCertain)
            Assert.Empty(publisher.Acknowledged.Except(items.Select(entry => entry.Item)));
    }

    private Follower[] Compared(Follower? doubtful) => [.. _followers.Where(follower => follower != doubtful || follower.Losses.Count == 0)];

    private bool HasAll(Follower follower, IReadOnlyList<FeedPublisher> publishers)
    {
        var has = follower.Entries.Select(entry => (entry.Publisher, entry.Item)).ToHashSet();
        return publishers.All(publisher => publisher.Acknowledged.All(item => has.Contains((publisher.Name, item))))
            && _cluster.Running.All(node => has.Contains((EndOf(node), 0)));
    }
}
