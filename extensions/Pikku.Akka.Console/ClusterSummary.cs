using Pikku.Akka.Inspection;

namespace Pikku.Akka.OperatorConsole;

/// <summary>Combines what the nodes have answered.</summary>
internal static class ClusterSummary
{
    public static ClusterUpdate Of(ClusterPicture picture, int maxRows) => new(
        picture.Self, [.. picture.Nodes.Select(Of)], [.. Links(picture)], Functions(picture, maxRows),
        [
            .. picture.Nodes.SelectMany(node => (node.Overview?.Errors ?? []).Select(error => ErrorState.Of(node.Node, error)))
                .OrderByDescending(error => error.At).Take(maxRows),
        ]);

    /// <summary>
    /// The topics of all nodes. Each subscriber is on one node, so subscribers are added. Each event reaches all nodes that know the topic, so the largest count is that of the
    /// node that has counted for the longest time.
    /// </summary>
    public static FoundTopics Of(IReadOnlyList<NodeAnswer<TopicPage>> answers, int maxRows, long at, IReadOnlyList<string> missing)
    {
        var rows = answers.SelectMany(answer => answer.Value?.Rows ?? []).GroupBy(row => row.Name, StringComparer.Ordinal).Select(topic => new TopicRow(
            topic.Key, topic.Sum(row => row.Subscribers), topic.Max(row => row.Events), topic.Max(row => row.Kept), topic.Max(row => row.Entries),
            topic.Select(row => row.Position).FirstOrDefault(position => position is not null)));
        return new FoundTopics(
            [.. rows.OrderByDescending(row => row.Subscribers).ThenBy(row => row.Name, StringComparer.Ordinal).Take(maxRows)],
            answers.Max(answer => answer.Value?.Total ?? 0), at, missing);
    }

    private static NodeState Of(NodePicture node) => new(
        node.Node, node.Status, node.Roles, node.IsReachable, node.IsSelf, node.IsStale, node.Age, node.Overview?.IsDraining == true, node.Overview?.Problem, node.Overview?.At,
        node.Overview?.Connections, node.Overview?.Topics, node.Overview?.Subscriptions, node.Overview?.KeptEvents, node.Overview?.KeptBytes, node.Overview?.Memory,
        node.Overview?.Totals);

    private static IEnumerable<LinkState> Links(ClusterPicture picture)
    {
        var overviews = picture.Nodes.Where(node => node.Overview is not null).ToDictionary(node => node.Node, node => (node.Overview!, node.IsStale));
        foreach (var (from, (overview, isStale)) in overviews)
        {
            foreach (var link in overview.Links)
            {
                var peer = overviews.TryGetValue(link.Peer, out var other) ? other.Item1.Links.FirstOrDefault(back => back.Peer == from) : null;
                // The two counts were read at different times, so that a receiver may seem to be ahead.
                long? lag = peer is null || isStale || other.IsStale ? null : Math.Max(0, link.Sent - peer.Received);
                yield return new LinkState(from, link.Peer, link.IsLinked, lag, peer?.Lost, link.Unacknowledged, link.IsHeldBack);
            }
        }
    }

    private static IReadOnlyList<FunctionState> Functions(ClusterPicture picture, int maxRows) =>
    [
        .. picture.Nodes.Where(node => !node.IsStale).SelectMany(node => node.Overview?.Functions ?? [])
            .Where(load => load.Channel != ConsoleChannel.Name) // those wait for nodes that hang, and are not of the application
            .GroupBy(load => (load.Channel, load.Action)).Select(Of)
            .OrderByDescending(function => function.Calls).Take(maxRows),
    ];

    private static FunctionState Of(IGrouping<(string Channel, string Action), FunctionLoad> function)
    {
        var counts = function.SelectMany(load => load.Buckets).GroupBy(bucket => (int)bucket[0]).Select(bucket => KeyValuePair.Create(bucket.Key, bucket.Sum(one => one[1]))).ToList();
        return new FunctionState(
            function.Key.Channel, function.Key.Action, counts.Sum(bucket => bucket.Value), function.Sum(load => load.Buckets.Sum(bucket => bucket[1]) / load.Seconds),
            function.Sum(load => load.Failed), DurationBuckets.Quantile(counts, 0.5), DurationBuckets.Quantile(counts, 0.99));
    }
}
