namespace Pikku.Akka.Cli;

/// <summary>The command <c>info middleware</c>.</summary>
internal static class MiddlewareListing
{
    public static Listing Create() => Listing.Of(
        "middleware", "Lists middleware around functions and middleware over sent messages, with the places where they are added.", Rows,
        new Column<Row>("name", row => Names.Of(row.Name)),
        new Column<Row>("kind", row => row.Priority is null ? "channel" : "function"),
        new Column<Row>("priority", row => row.Priority?.ToString().ToLowerInvariant()),
        new Column<Row>("where", row => row.Where),
        new Column<Row>("functions", row => row.Functions, OnlyVerbose: true));

    private static IEnumerable<Row> Rows(WiredApp wiring) =>
        AroundFunctions(wiring).GroupBy(one => (one.Middleware.Name, one.Middleware.Priority))
            .OrderBy(group => group.Key.Priority)
            .Select(group => new Row(group.Key.Name, group.Key.Priority, Distinct(group.Select(one => one.Where)), FunctionsOf(wiring, group.Key)))
            .Concat(OverChannels(wiring).GroupBy(one => one.Name)
                .Select(group => new Row(group.Key, null, Distinct(group.Select(one => one.Where)), [])));

    // In the order in which a middleware chain is built.
    private static IEnumerable<(PikkuMiddleware Middleware, string Where)> AroundFunctions(WiredApp wiring) =>
    [
        .. wiring.App.GlobalMiddleware.Select(middleware => (middleware, "global")),
        .. wiring.App.TagMiddleware.SelectMany(tag => tag.Value.Select(middleware => (middleware, $"tag {tag.Key}"))),
        .. wiring.App.Channels.SelectMany(channel => channel.Gates.Middleware.Select(middleware => (middleware, $"channel {channel.Name}"))),
        .. wiring.Actions.SelectMany(action => action.Definition.Gates.Middleware.Select(middleware => (middleware, $"{action.Place}"))),
        .. wiring.Topics.SelectMany(topic => topic.Definition.Gates.Middleware.Select(middleware => (middleware, $"{topic.Place}"))),
        .. wiring.Functions.SelectMany(places => places.First().Function.Middleware.Select(middleware => (middleware, $"function {places.Key}"))),
    ];

    private static IEnumerable<(string Name, string Where)> OverChannels(WiredApp wiring) =>
    [
        .. wiring.App.TagChannelMiddleware.SelectMany(tag => tag.Value.Select(middleware => (middleware.Method.Name, $"tag {tag.Key}"))),
        .. wiring.App.Channels.SelectMany(channel => channel.ChannelMiddleware.Select(middleware => (middleware.Method.Name, $"channel {channel.Name}"))),
    ];

    private static string[] FunctionsOf(WiredApp wiring, (string Name, MiddlewarePriority Priority) middleware) =>
        [.. wiring.Functions.Where(places => places.Any(action => action.Bound.Middleware.Any(m => (m.Name, m.Priority) == middleware)))
            .Select(places => places.Key).Order(StringComparer.Ordinal)];

    private static string[] Distinct(IEnumerable<string> texts) => [.. texts.Distinct(StringComparer.Ordinal)];

    private sealed record Row(string Name, MiddlewarePriority? Priority, string[] Where, string[] Functions);
}
