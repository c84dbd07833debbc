namespace Pikku.Akka.Cli;

/// <summary>The command <c>info permissions</c>.</summary>
internal static class PermissionListing
{
    public static Listing Create() => Listing.Of(
        "permissions", "Lists permissions with the places that require them.", Rows,
        new Column<Row>("name", row => Names.Of(row.Name)),
        new Column<Row>("kind", row => row.Data is null ? "session" : "data"),
        new Column<Row>("where", row => row.Where),
        new Column<Row>("data", row => row.Data is { } data ? Names.Of(data) : null, OnlyVerbose: true));

    private static IEnumerable<Row> Rows(WiredApp wiring) => Required(wiring)
        .GroupBy(one => (one.Permission.Name, one.Permission.DataType))
        .Select(group => new Row(group.Key.Name, group.Key.DataType, [.. group.Select(one => one.Where).Distinct(StringComparer.Ordinal)]));

    private static IEnumerable<(PikkuPermission Permission, string Where)> Required(WiredApp wiring) =>
    [
        .. wiring.App.GlobalPermissions.Select(permission => (permission, "global")),
        .. wiring.Actions.SelectMany(action => Of(action.Definition.Permissions, $"{action.Place}")),
        .. wiring.Functions.SelectMany(places => Of(places.First().Function.Permissions, $"function {places.Key}")),
    ];

    private static IEnumerable<(PikkuPermission Permission, string Where)> Of(PikkuPermissions permissions, string place) =>
        permissions.Groups.SelectMany(group => group.All.Select(permission =>
            (permission, group.Name.Length == 0 ? place : $"{place} (group {group.Name})")));

    private sealed record Row(string Name, Type? Data, string[] Where);
}
