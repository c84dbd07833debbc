using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>What the application and the clients do: publishes on all nodes, writes of keys with and without an owner, and clients that move.</summary>
internal sealed class Load(SimulatedCluster cluster, Random random)
{
    private readonly SessionLoad _sessions = new(cluster, random);
    private readonly Dictionary<(Origin, string), long> _numbers = [];

    /// <summary>The event that was published last.</summary>
    public int LastUid { get; private set; }

    /// <param name="isTailLong">True when clients move for some time after the last publish, so that they end with a resume.</param>
    public void Start(bool isTailLong)
    {
        var moveUntil = Scale.PublishEnd + (isTailLong ? 20 : -9);
        cluster.Scheduler.After(4, Publish);
        if (cluster.HasLogins)
            _sessions.Start();
        cluster.Scheduler.After(5, () => Move(moveUntil));
    }

    /// <summary>Publishes an event to a topic.</summary>
    public void Publish(SimulatedNode node, string topic, bool isPlain = false)
    {
        if (!node.IsReady)
            return;
        if (topic == Scale.Store)
        {
            _sessions.Publish(node);
            return;
        }

        int? except = !isPlain && topic != Scale.Keyed && random.Chance(.2) ? random.Next(Scale.Clients) : null;
        var isReplicated = !isPlain && random.Chance(.2);
        var size = !isPlain && random.Chance(.002) ? SimulatedEvent.LargeSize : SimulatedEvent.UsualSize;
        KeyedWrite? write = null;
        if (topic == Scale.Keyed)
        {
            write = new KeyedWrite(
                random.Pick(Scale.Keys), random.Chance(.3) ? null : SimulatedValue.Write(LastUid + 1), random.Chance(.7) ? node.Id : null)
            {
                Stamp = cluster.Mutator.StampOf(node),
            };
        }

        node.Publish(Create(node, topic, except, size, write, isReplicated));
    }

    /// <summary>Creates the event that removes a key whose owner is gone.</summary>
    public SimulatedEvent CreateRemoval(SimulatedNode node, string topic, string key, KeyedEntry entry, Stamp stamp) =>
        Create(node, topic, null, SimulatedEvent.UsualSize, new KeyedWrite(key, null, entry.Owner) { Stamp = stamp }, isReplicated: false);

    /// <summary>Creates an event that <see cref="SimulatedNode.Publish"/> publishes.</summary>
    public SimulatedEvent Create(SimulatedNode node, string topic, int? except, int size, KeyedWrite? write, bool isReplicated) =>
        new(topic, ++LastUid, except, size)
        {
            Write = write, IsReplicated = isReplicated, PublishedBy = node.Id, History = node.Lane.History.History, Numbered = Number,
        };

    private long Number(SimulatedEvent content, long number)
    {
        var node = cluster.Find(content.PublishedBy);
        number = cluster.Mutator.NumberOf(node, content, number);
        content.Previous = _numbers.GetValueOrDefault((content.Origin, content.Topic));
        _numbers[(content.Origin, content.Topic)] = number;
        cluster.Judge.Published(node, content, number);
        return number;
    }

    private void Publish()
    {
        if (cluster.Scheduler.Seconds > Scale.PublishEnd)
            return;
        var ready = cluster.Nodes.Where(static node => node.IsReady && !node.IsPaused).ToList();
        if (ready.Count > 0)
        {
            for (var left = random.Pick([1, 1, 1, 2, 4]); left > 0; left--)
            {
                var node = random.Pick(ready);
                var topic = random.Weighted((Scale.Topics[0], 12), (Scale.Topics[1], 5), (Scale.Topics[2], .5), (Scale.Keyed, 5), (Scale.Unnumbered, 1),
                    (random.Pick(Scale.Crowd), cluster.IsCrowded ? 6 : 0), (Scale.Store, cluster.HasLogins ? 6 : 0));
                node.Run(() => Publish(node, topic));
            }
        }

        cluster.Scheduler.After(random.Exponential(.8), Publish);
    }

    private void Move(double until)
    {
        var client = random.Pick(cluster.Clients);
        if (cluster.Scheduler.Seconds < until)
        {
            if (client.Connection is { } connection)
                client.Lose(connection);
            cluster.Scheduler.After(random.Exponential(.4), () => Move(until));
        }

        // Every position is renewed now and then.
        foreach (var node in cluster.Nodes.Where(static node => node.IsReady).ToList())
        {
            if (cluster.Scheduler.Seconds < Scale.PublishEnd - 9 && random.Chance(.15))
                node.Run(node.Subscriptions.RefreshAll);
        }
    }
}
