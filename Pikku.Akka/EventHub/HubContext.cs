using Akka.Event;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Replication;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>What the lanes of one node share.</summary>
internal sealed record HubContext
{
    /// <summary>The life of this node.</summary>
    public Origin Origin { get; } = Origin.New();

    /// <summary>The maximum number of subscriptions of one connection.</summary>
    public required int MaxSubscriptions { get; init; }

    /// <summary>The connections of this node.</summary>
    public required ISubscriberDirectory Directory { get; init; }

    /// <summary>Carries the messages between the nodes.</summary>
    public required IHubTransport Transport { get; init; }

    /// <summary>The limits of the history.</summary>
    public required HistorySettings History { get; init; }

    /// <summary>Returns the history of a topic; null for a topic that is declared without one.</summary>
    public required Func<string, HistoryOptions?> HistoryOf { get; init; }

    /// <summary>The entries of presence and state topics, for code of the application.</summary>
    public required KeyedIndex Entries { get; init; }

    /// <summary>Returns the store to which a topic belongs; null for a topic of the application.</summary>
    public required Func<string, StoreIndex?> StoreOf { get; init; }

    /// <summary>Counts the subscribes that wait.</summary>
    public required WaitingLimit Waiting { get; init; }

    /// <summary>Publishes an <see cref="EventHubGap"/> on this node: the name of the node whose events are lost, and the number of batches.</summary>
    public required Action<string, long> AnnounceGap { get; init; }

    /// <summary>Counts calls, events and subscriptions.</summary>
    public required HubMetrics Metrics { get; init; }

    /// <summary>The clocks of the node.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>The log of the lanes.</summary>
    public required ILoggingAdapter Log { get; init; }

    /// <summary>Sets an entry for code of this node; null when nothing is known of it any more.</summary>
    public void SetEntry(string topic, string key, KeyedEntry? entry)
    {
        if (StoreOf(topic) is { } store)
            store.Set(key, entry);
        else
            Entries.Set(topic, key, entry?.Value);
    }
}
