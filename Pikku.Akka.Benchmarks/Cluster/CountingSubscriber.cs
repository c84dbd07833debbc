using System.Diagnostics;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Benchmarks.Cluster;

/// <summary>A connection that counts the events it receives.</summary>
/// <param name="id">The id of its channel.</param>
/// <param name="delay">The time that each event takes, for a node that can't keep up.</param>
internal sealed class CountingSubscriber(string id, TimeSpan delay = default) : IEventSubscriber
{
    private long _count;
    private long _lastAt;

    public string Id { get; } = id;

    public SubscriptionLedger Subscriptions { get; } = new();

    public long Count => Interlocked.Read(ref _count);

    /// <summary>The time of the last event.</summary>
    public long LastAt => Interlocked.Read(ref _lastAt);

    public void Deliver(HubEvent hubEvent)
    {
        Interlocked.Exchange(ref _lastAt, Stopwatch.GetTimestamp());
        Interlocked.Increment(ref _count);
        if (delay > TimeSpan.Zero)
            Thread.Sleep(delay);
    }

    public void Deliver(HubEvent hubEvent, IEventHandler handler) => throw new NotSupportedException();

    public void ClientSubscriptionEnded(string topic) { }
}
