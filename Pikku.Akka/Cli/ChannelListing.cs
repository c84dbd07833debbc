namespace Pikku.Akka.Cli;

/// <summary><c>info channels</c>.</summary>
internal static class ChannelListing
{
    public static Listing Create() => Listing.Of(
        "channels", "Channels, with their routes, actions and topics.", wiring => wiring.App.Channels,
        new Column<ChannelDefinition>("name", channel => channel.Name),
        new Column<ChannelDefinition>("route", channel => channel.Route),
        new Column<ChannelDefinition>("auth", channel => channel.Auth),
        new Column<ChannelDefinition>("topics", channel => channel.Topics.Select(topic => topic.Name).ToArray()),
        new Column<ChannelDefinition>("tags", channel => channel.Tags, OnlyVerbose: true),
        new Column<ChannelDefinition>("handlers", Handlers, OnlyVerbose: true),
        new Column<ChannelDefinition>("openingData", channel => channel.OpeningData is { } type ? Names.Of(type) : null, OnlyVerbose: true),
        new Column<ChannelDefinition>("sends", channel => channel.Messages.Select(Names.Of).ToArray(), OnlyVerbose: true),
        new Column<ChannelDefinition>("remotes", channel => channel.Remotes.Select(remote => remote.Name).ToArray(), OnlyVerbose: true),
        // The longest: what stands after it would be out of sight in a pipe.
        new Column<ChannelDefinition>("actions", Actions));

    private static string[] Actions(ChannelDefinition channel) =>
        [.. channel.Actions.SelectMany(key => key.Value.Select(value => $"{key.Key}:{value.Value}"))];

    private static string[] Handlers(ChannelDefinition channel)
    {
        (string Name, ActionDefinition? Definition)[] handlers =
        [
            ("onConnect", channel.OnConnect), ("onDisconnect", channel.OnDisconnect), ("onMessage", channel.OnMessage),
            ("onBinaryMessage", channel.OnBinaryMessage),
        ];
        return [.. handlers.Where(handler => handler.Definition is not null).Select(handler => handler.Name)];
    }
}
