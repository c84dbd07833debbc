using System.Globalization;
using Pikku.Akka.Contracts;

namespace Pikku.Akka.Cli;

/// <summary>The command <c>info topics</c>.</summary>
internal static class TopicListing
{
    public static Listing Create() => Listing.Of(
        "topics", "Lists the topics that channels declare, with the type of their events, how much of the past is kept, and what a subscription of a client needs.", Rows,
        new Column<Row>("name", row => row.Topic.Name),
        new Column<Row>("payload", row => Names.Of(row.Topic.Payload)),
        new Column<Row>("subscribable", row => row.Access.IsSubscribable),
        new Column<Row>("auth", row => row.Access.NeedsSession),
        new Column<Row>("key", row => row.Topic.Template is null ? null : Names.Of(row.Topic.Key)),
        new Column<Row>("history", row => row.History),
        new Column<Row>("snapshot", row => row.Snapshot),
        new Column<Row>("permissions", row => row.Access.Permissions),
        new Column<Row>("scopes", row => row.Access.Scopes, OnlyVerbose: true),
        new Column<Row>("middleware", row => row.Access.Middleware, OnlyVerbose: true),
        new Column<Row>("channels", row => row.Channels),
        new Column<Row>("type", row => row.Topic.Payload.ToString(), OnlyVerbose: true));

    // Channels that declare a topic in the same way share a row.
    private static IEnumerable<Row> Rows(WiredApp wiring) => wiring.Topics
        .Select(topic => (Channel: topic.Channel.Name, Row: new Row(topic.Definition, Access.Of(wiring, topic), [])))
        .GroupBy(one => (one.Row.Topic.Name, one.Row.Topic.Payload, one.Row.History, one.Row.Snapshot, one.Row.Access.ToString()))
        .OrderBy(group => group.Key.Name, StringComparer.Ordinal)
        .Select(group => group.First().Row with { Channels = [.. group.Select(one => one.Channel)] });

    private sealed record Row(TopicDeclaration Topic, Access Access, string[] Channels)
    {
        /// <summary>The number of events that are kept, and their maximum age unless the settings decide.</summary>
        public string? History => Topic.History is not { } history ? null
            : string.Create(CultureInfo.InvariantCulture, $"{history.MaxEvents} events{(history.MaxAge is { } age ? $", {age:c}" : "")}");

        public string? Snapshot => Topic switch
        {
            { Keyed: { IsState: true, Value: var value } } => Names.Of(typeof(Dictionary<,>).MakeGenericType(typeof(string), value)),
            { Keyed.Value: var info } => Names.Of(info.MakeArrayType()),
            { Snapshot: { } snapshot } => Names.Of(FunctionTypes.ResultTypeOf(snapshot)),
            _ => null,
        };
    }

    /// <summary>What a subscription of a client needs; the values are empty if clients can't subscribe.</summary>
    private sealed record Access(bool IsSubscribable, bool? NeedsSession, string[] Permissions, string[] Scopes, string[] Middleware)
    {
        public static Access Of(WiredApp wiring, WiredTopic topic) => topic.Subscription is not { } subscription
            ? new Access(false, null, [], [], [])
            : new Access(
                true, subscription.Auth,
                // In the order in which they are evaluated.
                [.. wiring.App.GlobalPermissions.Concat(topic.Channel.Gates.Permissions).Concat(topic.Definition.Gates.Permissions).Select(permission => Names.Of(permission))],
                [.. subscription.Function.Scopes],
                [.. subscription.Middleware.Select(middleware => Names.Of(middleware.Name))]);

        public override string ToString() => string.Join('\n', [$"{IsSubscribable} {NeedsSession}", .. Permissions, "", .. Scopes, "", .. Middleware]);
    }
}
