using System.Globalization;
using Pikku.Akka.Contracts;
using static Pikku.Akka.Clients.CSharp.SourceText;

namespace Pikku.Akka.Clients.CSharp;

/// <summary>Writes the channels as members of the client.</summary>
internal sealed class ClientEmitter(SourceText source, CSharpTypes types)
{
    private static readonly string[] Taken = [.. NameScope.Members, "DisposeAsync", "PikkuOpening", "PikkuRouteTo", "PikkuWebSocket"];

    public void Write(IReadOnlyList<(ChannelContract Channel, string Class)> channels, int maxDepth, IEnumerable<string> converters)
    {
        var members = new NameScope(Taken);
        source.Summary("A client for the channels of a server. Each route has its own connection, which is opened on first use. Thread-safe.");
        source.Block("public sealed class PikkuWebSocket : PikkuClient", () =>
        {
            // The largest nesting depth that the server accepts, and the converters of types that only the routes name.
            source.Line($"private static readonly PikkuJson s_json = new({string.Join(", ", converters.Prepend(maxDepth.ToString(CultureInfo.InvariantCulture)).Prepend("PikkuJsonContext.Default"))});").Line();
            source.Summary("Creates a client. It connects when a route is used.");
            source.Line("/// <param name=\"baseAddress\">The address of the server, such as <c>wss://example.com/prefix</c>; the schemes http and https are accepted as well.</param>");
            source.Line("/// <param name=\"options\">The options of the client.</param>");
            source.Line("public PikkuWebSocket(Uri baseAddress, PikkuOptions? options = null) : base(baseAddress, options, s_json)").Line("{").Line("}");
            if (channels.Count > 0)
                source.Line();
            source.Each(channels, one => Write(one.Channel, one.Class, members));
        });
    }

    private void Write(ChannelContract channel, string name, NameScope members)
    {
        var member = members.Reserve("", channel.Name, "", "Channel");
        var (parameters, opening) = Opening(channel);
        var keys = channel.Keys.Count == 0 ? "Array.Empty<string>()" : $"new[] {{ {string.Join(", ", channel.Keys.Select(key => Literal(key.Key)))} }}";
        source.Summary($"The channel {channel.Name} at {channel.Route}.");
        source.Line($"public {name} {member}{parameters} => PikkuRouteTo(");
        source.Line($"    {Literal(channel.Name)}, {Literal(channel.Route)}, {opening}, {keys},");
        source.Line($"    static (connection, direct) => new {name}(connection, direct));");
    }

    private (string Parameters, string Json) Opening(ChannelContract channel)
    {
        // The server does not read these parameters, but the address needs them.
        var rest = RouteParameters.OutsideOpening(channel);
        var opening = channel.Opening is { } type ? $"{types.Write(type)} opening" : null;
        var json = opening is null ? "default" : "PikkuOpening(opening)";
        if (rest.Count == 0)
            return (opening is null ? "" : $"({opening})", json);
        var scope = new NameScope(["Opening"]);
        var named = rest.Select(parameter => (parameter.Name, parameter.IsOptional, Argument: NameScope.Camel(scope.Reserve("", parameter.Name, "", "Part")))).ToArray();
        var texts = named.Select(one => one.IsOptional ? $"string? {one.Argument}" : $"string {one.Argument}");
        var values = named.Select(one => $"[{Literal(one.Name)}] = {one.Argument}");
        return ($"({string.Join(", ", opening is null ? texts : texts.Append(opening))})",
            $"PikkuOpening({json}, new Dictionary<string, string?> {{ {string.Join(", ", values)} }})");
    }
}
