using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Pikku.Akka.Functions;

namespace Pikku.Akka.Channels;

/// <summary>Where the messages of a channel go with which its clients subscribe by themselves. A channel without such topics has none.</summary>
/// <param name="topics">The topics.</param>
/// <param name="unsubscribe">What an unsubscribe calls.</param>
/// <param name="first">
/// The number that the routing table has for a subscribe. The next one stands for an unsubscribe, and the two after them for the actions <c>subscribe</c> and
/// <c>unsubscribe</c> of Pikku's realtime feature.
/// </param>
internal sealed class SubscriptionRoutes(IReadOnlyList<CompiledTopic> topics, BoundAction unsubscribe, int first)
{
    private readonly FrozenDictionary<string, CompiledTopic> _names =
        topics.Where(topic => topic.Template is null).ToFrozenDictionary(topic => topic.Name, StringComparer.Ordinal);

    private readonly CompiledTopic[] _families = [.. topics.Where(topic => topic.Template is not null)];

    /// <summary>What an unsubscribe calls: it has no gates and no middleware, because a client may always leave.</summary>
    public BoundAction Unsubscribe => unsubscribe;

    /// <summary>What this part of the channel calls.</summary>
    public IEnumerable<BoundAction> Actions => topics.Select(topic => topic.Action).Append(unsubscribe);

    /// <summary>The topics and families.</summary>
    public IReadOnlyList<CompiledTopic> Topics => topics;

    /// <summary>True when an action of the routing table is a subscribe; otherwise it is an unsubscribe.</summary>
    public bool IsSubscribe(int action) => (action - first) % 2 == 0;

    /// <summary>True when an action of the routing table is one of Pikku's realtime feature (O4).</summary>
    public bool IsRealtime(int action) => action >= first + 2;

    /// <summary>Finds the topic of a name. A single topic precedes a family; two families never match the same name.</summary>
    /// <param name="name">The name.</param>
    /// <param name="topic">The topic; null when no topic that is open to clients has this name.</param>
    /// <param name="values">The values of the placeholders with their escapes.</param>
    public bool TryFind(string name, [NotNullWhen(true)] out CompiledTopic? topic, out string[] values)
    {
        values = [];
        if (_names.TryGetValue(name, out topic))
            return true;
        foreach (var family in _families)
        {
            if (!family.Template!.TryMatch(name, out var found))
                continue;
            (topic, values) = (family, found);
            return true;
        }

        return false;
    }
}
