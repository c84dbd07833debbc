using System.Globalization;
using System.Text.RegularExpressions;
using Pikku.Akka.Contracts;
using static Pikku.Akka.Clients.CSharp.SourceText;

namespace Pikku.Akka.Clients.CSharp;

/// <summary>The channels, as members of the client.</summary>
internal sealed partial class ClientEmitter(SourceText source, CSharpTypes types)
{
    private static readonly string[] Taken = [.. NameScope.Members, "DisposeAsync", "Forget", "MaxDepth", "PikkuWebSocket", "Route", "Subprotocol"];

    public void Write(IReadOnlyList<(ChannelContract Channel, string Class)> channels, int maxDepth)
    {
        var members = new NameScope(Taken);
        source.Block("public sealed partial class PikkuWebSocket", () =>
        {
            source.Line("// How deep the server lets inputs, results and events be nested.");
            source.Line($"internal const int MaxDepth = {maxDepth.ToString(CultureInfo.InvariantCulture)};");
            if (channels.Count > 0)
                source.Line();
            source.Each(channels, one => Write(one.Channel, one.Class, members));
        });
    }

    private void Write(ChannelContract channel, string name, NameScope members)
    {
        var member = members.Give("", channel.Name, "", "Channel");
        var (parameters, opening) = Opening(channel);
        var keys = channel.Keys.Count == 0 ? "Array.Empty<string>()" : $"new[] {{ {string.Join(", ", channel.Keys.Select(key => Literal(key.Key)))} }}";
        source.Summary($"The channel {channel.Name}, at {channel.Route}.");
        source.Line($"public {name} {member}{parameters} => Route(");
        source.Line($"    {Literal(channel.Name)}, {Literal(channel.Route)}, {opening}, {keys},");
        source.Line($"    static (connection, direct) => new {name}(connection, direct));");
    }

    private (string Parameters, string Json) Opening(ChannelContract channel)
    {
        var path = Parameter().Matches(channel.Route).Select(match => match.Groups["name"].Value).ToArray();
        if (channel.Opening is { } opening)
            return ($"({types.Write(opening)} opening)", "PikkuJson.Element(opening)");
        if (path.Length == 0)
            return ("", "default");
        // The server looks at none of it; the address needs it all the same.
        var texts = path.Select(name => $"string {NameScope.Camel(name)}");
        var values = path.Select(name => $"[{Literal(name)}] = {NameScope.Camel(name)}");
        return ($"({string.Join(", ", texts)})", $"PikkuJson.Element(new Dictionary<string, string> {{ {string.Join(", ", values)} }})");
    }

    [GeneratedRegex(@"\{\*{0,2}(?<name>[^{}:=?*]+)")]
    private static partial Regex Parameter();
}
