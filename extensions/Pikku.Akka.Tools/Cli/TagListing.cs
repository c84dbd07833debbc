namespace Pikku.Akka.Cli;

/// <summary>The command <c>info tags</c>.</summary>
internal static class TagListing
{
    public static Listing Create() => Listing.Of(
        "tags", "Lists tags with their functions, channels and middleware.", Rows,
        new Column<Row>("name", row => row.Tag),
        new Column<Row>("functions", row => Functions(row).Order(StringComparer.Ordinal).ToArray()),
        new Column<Row>("channels", row => row.App.Channels.Where(channel => Has(channel, row.Tag)).Select(channel => channel.Name).ToArray()),
        new Column<Row>("middleware", row => row.App.TagMiddleware.GetValueOrDefault(row.Tag, []).Select(m => Names.Of(m.Name)).ToArray(), OnlyVerbose: true),
        new Column<Row>(
            "channelMiddleware", row => row.App.TagChannelMiddleware.GetValueOrDefault(row.Tag, []).Select(m => Names.Of(m.Method.Name)).ToArray(),
            OnlyVerbose: true));

    private static IEnumerable<Row> Rows(WiredApp wiring) => wiring.Actions.SelectMany(action => action.Tags)
        .Concat(wiring.App.Channels.SelectMany(channel => channel.Gates.Tags))
        .Concat(wiring.App.TagMiddleware.Keys)
        .Concat(wiring.App.TagChannelMiddleware.Keys)
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal)
        .Select(tag => new Row(wiring, tag));

    private static IEnumerable<string> Functions(Row row) =>
        row.Wiring.Functions.Where(function => function.Any(action => action.Tags.Contains(row.Tag))).Select(function => function.Key);

    // The name of a channel counts as one of its tags.
    private static bool Has(ChannelDefinition channel, string tag) => channel.Name == tag || channel.Gates.Tags.Contains(tag);

    private sealed record Row(WiredApp Wiring, string Tag)
    {
        public PikkuBuilder App => Wiring.App;
    }
}
