using Pikku.Akka.Channels;

namespace Pikku.Akka.Cli;

/// <summary>The command <c>info channels</c>.</summary>
internal static class ChannelListing
{
    public static Listing Create() => Listing.Of(
        "channels", "Lists channels with their routes, actions and topics.", wiring => wiring.App.Channels.Select(channel => (channel, wiring.AddressOf(channel))),
        Of("name", channel => channel.Name),
        new Column<(ChannelDefinition Channel, string Address)>("route", row => row.Address),
        Of("auth", channel => channel.Gates.RequiresSession ?? true),
        Of("topics", channel => channel.Topics.Select(topic => topic.Name).ToArray()),
        new Column<(ChannelDefinition Channel, string Address)>(
            "eventStreams", row => row.Channel.IsEvents ? CompiledChannel.EventStreamRouteOf(row.Address) : null, OnlyVerbose: true),
        Of("permissions", channel => channel.Gates.Permissions.Select(permission => Names.Of(permission)).ToArray(), onlyVerbose: true),
        Of("tags", channel => channel.Gates.Tags, onlyVerbose: true),
        Of("handlers", Handlers, onlyVerbose: true),
        Of("openingData", channel => channel.OpeningData is { } type ? Names.Of(type) : null, onlyVerbose: true),
        Of("sends", channel => channel.Messages.Select(message => Names.Of(message.Type)).ToArray(), onlyVerbose: true),
        Of("remotes", channel => channel.Remotes.Select(remote => remote.Name).ToArray(), onlyVerbose: true),
        // The longest column comes last, because a column after it would be out of sight in a pipe.
        Of("actions", Actions));

    private static Column<(ChannelDefinition Channel, string Address)> Of(string name, Func<ChannelDefinition, object?> value, bool onlyVerbose = false) =>
        new(name, row => value(row.Channel), onlyVerbose);

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
