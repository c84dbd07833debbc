namespace Pikku.Akka.Cli;

/// <summary>The command <c>info topics</c>.</summary>
internal static class TopicListing
{
    public static Listing Create() => Listing.Of(
        "topics", "Lists the topics that channels declare, with the type of their events.", Rows,
        new Column<Row>("name", row => row.Topic.Name),
        new Column<Row>("payload", row => Names.Of(row.Topic.Payload)),
        new Column<Row>("channels", row => row.Channels),
        new Column<Row>("type", row => row.Topic.Payload.ToString(), OnlyVerbose: true));

    private static IEnumerable<Row> Rows(WiredApp wiring) => wiring.App.Channels
        .SelectMany(channel => channel.Topics.Select(topic => (Topic: topic, Channel: channel.Name)))
        .GroupBy(one => (one.Topic.Name, one.Topic.Payload))
        .OrderBy(group => group.Key.Name, StringComparer.Ordinal)
        .Select(group => new Row(group.First().Topic, [.. group.Select(one => one.Channel)]));

    private sealed record Row(TopicDeclaration Topic, string[] Channels);
}
