using Pikku.Akka.Functions;

namespace Pikku.Akka.Cli;

/// <summary>The command <c>info permissions</c>.</summary>
internal static class PermissionListing
{
    private const string Alternative = " (alternative)";

    public static Listing Create() => Listing.Of(
        "permissions", "Lists permissions with the places that require them.", Rows,
        new Column<Row>("name", row => Names.Of(row.Name)),
        new Column<Row>("kind", row => row.Data is null ? "session" : "data"),
        new Column<Row>("where", row => row.Where),
        new Column<Row>("data", row => row.Data is { } data ? Names.Of(data) : null, OnlyVerbose: true));

    private static IEnumerable<Row> Rows(WiredApp wiring) => Required(wiring)
        .GroupBy(one => (one.Permission.Permission.Name, one.Permission.Input))
        .Select(group => new Row(group.Key.Name, group.Key.Input, [.. group.Select(one => one.Where).Distinct(StringComparer.Ordinal)]));

    private static IEnumerable<(BoundPermission Permission, string Where)> Required(WiredApp wiring) =>
    [
        .. wiring.Actions.SelectMany(action => action.Bound.Permissions.Global.SelectMany(permission => Of(permission, "global"))),
        .. wiring.Topics.Where(topic => topic.Subscription is not null).SelectMany(topic => topic.Subscription!.Permissions.Global.SelectMany(permission => Of(permission, "global"))),
        .. wiring.Channels.SelectMany(channel => (channel.Compiled.Permission?.Permissions ?? []).SelectMany(permission => Of(permission, $"channel {channel.Definition.Name}"))),
        .. wiring.Actions.SelectMany(action => action.Bound.Permissions.Channel.SelectMany(permission => Of(permission, $"channel {action.Channel.Name}"))),
        .. wiring.Actions.SelectMany(action => action.Bound.Permissions.Own.SelectMany(permission =>
            Of(permission, action.Definition.Gates.Permissions.Contains(permission.Permission) ? $"{action.Place}" : $"function {action.Function.Name}"))),
        .. wiring.Topics.Where(topic => topic.Subscription is not null).SelectMany(topic => topic.Subscription!.Permissions.Own.SelectMany(permission => Of(permission, $"{topic.Place}"))),
    ];

    // A permission that is one of several alternatives does not have to allow the call.
    private static IEnumerable<(BoundPermission Permission, string Where)> Of(BoundPermission permission, string place) => permission.Permission.IsCombined
        ? permission.Parts.SelectMany(part => Of(part, permission.Permission.IsAlternative && !place.EndsWith(Alternative, StringComparison.Ordinal) ? place + Alternative : place))
        : [(permission, place)];

    private sealed record Row(string Name, Type? Data, string[] Where);
}
