namespace Pikku.Akka.Cli;

/// <summary>The command <c>info functions</c>.</summary>
internal static class FunctionListing
{
    public static Listing Create() => Listing.Of(
        "functions", "Lists functions with the places where they are wired.", Rows,
        new Column<Row>("id", row => row.Function.Name),
        new Column<Row>("name", row => row.Function.Title ?? row.Function.Name),
        new Column<Row>("tags", row => row.Tags),
        new Column<Row>("type", row => row.Places.Select(action => action.Place).ToArray(), OnlyVerbose: true),
        new Column<Row>("middleware", row => row.Places.SelectMany(action => action.Bound.Middleware).Select(m => Names.Of(m.Name)).Distinct().ToArray(), OnlyVerbose: true),
        new Column<Row>("permissions", row => Permissions(row).Distinct().ToArray(), OnlyVerbose: true),
        new Column<Row>("file", row => row.Wiring.Sources.Of(row.Function), OnlyVerbose: true));

    private static IEnumerable<Row> Rows(WiredApp wiring) => wiring.Functions
        .OrderBy(function => function.Key, StringComparer.Ordinal)
        .Select(function => new Row(wiring, function.First().Function, [.. function]));

    // In the order in which they are evaluated.
    private static IEnumerable<string> Permissions(Row row) => row.Wiring.App.GlobalPermissions
        .Concat(row.Places.SelectMany(action => action.Channel.Gates.Permissions))
        .Concat(row.Places.SelectMany(action => action.Definition.Gates.Permissions))
        .Concat(row.Function.Permissions)
        .Select(permission => Names.Of(permission));

    private sealed record Row(WiredApp Wiring, FunctionDescriptor Function, WiredAction[] Places)
    {
        public string[] Tags { get; } = [.. Places.SelectMany(action => action.Tags).Distinct(StringComparer.Ordinal)];
    }
}
