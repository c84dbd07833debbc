using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Pikku.Akka.Contracts;
using Pikku.Akka.Contracts.Types;
using static Pikku.Akka.Clients.TypeScript.TypeScriptText;

namespace Pikku.Akka.Clients.TypeScript;

/// <summary>Writes the channels: the interface that types the client, and the table that the client reads at run time.</summary>
internal sealed partial class TypeScriptChannels(TypeScriptTypes types)
{
    public void Declare(StringBuilder output, IReadOnlyList<ChannelContract> channels)
    {
        Document(output, "", "The channels of the application.");
        output.Append("export interface Channels {\n");
        foreach (var channel in channels)
            Declare(output, channel);
        output.Append("}\n\n");
    }

    public static void Table(StringBuilder output, IReadOnlyList<ChannelContract> channels)
    {
        output.Append("const channels = {\n");
        foreach (var channel in channels)
            output.Append(
                $"  {Quoted(channel.Name)}: {{ path: {Quoted(channel.Route)}, keys: {Names(channel.Keys.Select(key => key.Key))}, " +
                $"subscriptions: {Names(channel.Topics.Where(topic => topic.IsSubscribable).Select(topic => topic.Name))} }},\n");
        output.Append("} as const satisfies { readonly [C in keyof Channels]: PikkuChannelTable };\n");
    }

    private void Declare(StringBuilder output, ChannelContract channel)
    {
        output.Append($"  {Quoted(channel.Name)}: {{\n");
        Property(output, "opening", Opening(channel));
        Block(output, "    ", "actions", channel.Keys, key => Block(output, "      ", PropertyName(key.Key), key.Actions, action => Declare(output, action)));
        // Messages of the default handler may have no id, so the items of several streams could not be told apart.
        Property(output, "fallback", channel.Fallback is { IsStream: false } fallback ? Exchange(fallback, "    ") : "never");
        Property(output, "binary", channel.Binary is null ? "false" : "true");
        TopicContract[] topics = [.. channel.Topics.Where(topic => !topic.IsSubscribable)];
        Block(output, "    ", "topics", topics, topic => output.Append($"      {Key(topic)}: {Payload(topic, topics)};\n"));
        Block(output, "    ", "subscriptions", [.. channel.Topics.Where(topic => topic.IsSubscribable)], topic => Declare(output, topic));
        Property(output, "messages", channel.Messages.Count == 0 ? "unknown" : string.Join(" | ", channel.Messages.Select(message => types.Use(message.Type, "    ")).Distinct()));
        Block(output, "    ", "remotes", channel.Remotes, remote => output.Append(
            $"      {PropertyName(remote.Name)}: {{ input: {OrVoid(remote.Input)}; output: {OrVoid(remote.Output)} }};\n"));
        output.Append("  };\n");
    }

    // The server does not read path parameters that are not in the opening data, but the address needs them.
    private string Opening(ChannelContract channel)
    {
        var rest = RouteParameters.OutsideOpening(channel);
        var opening = channel.Opening is { } type ? types.Use(type, "    ") : null;
        if (rest.Count == 0)
            return opening ?? "void";
        var parameters = $"{{ {string.Join("; ", rest.Select(one => $"{PropertyName(one.Name)}{(one.IsOptional ? "?" : "")}: string"))} }}";
        return opening is null ? parameters : $"{(opening.Contains(" | ", StringComparison.Ordinal) ? $"({opening})" : opening)} & {parameters}";
    }

    private void Declare(StringBuilder output, ActionContract action)
    {
        Document(output, "        ", action.Function.Title, action.Function.Description, action.NeedsSession ? "Requires a session." : null);
        output.Append($"        {PropertyName(action.Name)}: {Exchange(action, "        ")};\n");
    }

    private void Declare(StringBuilder output, TopicContract topic)
    {
        if (topic.History is { MaxEvents: var events, MaxAge: var age })
            Document(output, "      ", string.Create(CultureInfo.InvariantCulture, $"Keeps the last {events} events{(age is { } limit ? $", for at most {limit.TotalSeconds} s" : "")}."));
        output.Append($"      {PropertyName(topic.Name)}: {{ key: {SubscriptionKey(topic)}; {Content(topic)} }};\n");
    }

    private string Content(TopicContract topic)
    {
        var entry = types.Use(topic.Payload, "      ");
        return topic switch
        {
            { Kind: TopicKind.Presence } => $"event: {Event(topic)}; snapshot: PikkuPresenceEntry<{entry}>[]; presence: {entry}",
            { Kind: TopicKind.State, Snapshot: { } entries } => $"event: {Event(topic)}; snapshot: {types.Use(entries, "      ")}; state: {entry}",
            { Snapshot: { } snapshot } => $"event: {entry}; snapshot: {types.Use(snapshot, "      ")}",
            _ => $"event: {entry}",
        };
    }

    private string Event(TopicContract topic) => topic.Kind switch
    {
        TopicKind.Presence => $"PikkuPresenceChange<{types.Use(topic.Payload, "      ")}>",
        TopicKind.State => $"PikkuEntryChange<{types.Use(topic.Payload, "      ")}>",
        _ => types.Use(topic.Payload, "      "),
    };

    private string Exchange(ActionContract action, string indent)
    {
        var input = action.Input is { } type ? types.Use(type, indent) + (action.MayOmitInput && type is not TypeUse.Scalar ? " | void" : "") : "void";
        return $"{{ input: {input}; {(action.IsStream ? "item" : "output")}: {OrVoid(action.Output, indent)} }}";
    }

    // All placeholders are required, also those whose property has a default. A key of one simple type has no properties; its placeholder names the value.
    private string SubscriptionKey(TopicContract topic) => topic.Key is not { } key
        ? "void"
        : $"{{ {string.Join("; ", Part().Matches(topic.Name).Select(part => part.Value[1..^1]).Select(name => $"{PropertyName(name)}: {KeyValue(key, name)}"))} }}";

    private string KeyValue(TypeUse key, string name) =>
        types.Use((key is TypeUse.Declared { Declaration: ObjectDeclaration type } ? type.Properties.First(property => property.Name == name).Type : key).WithoutNull, "      ");

    private string OrVoid(TypeUse? type, string indent = "      ") => type is null ? "void" : types.Use(type, indent);

    private static void Property(StringBuilder output, string name, string type) => output.Append($"    {name}: {type};\n");

    private static void Block<T>(StringBuilder output, string indent, string name, IReadOnlyList<T> parts, Action<T> write)
    {
        output.Append($"{indent}{name}: {{");
        if (parts.Count > 0)
            output.Append('\n');
        foreach (var part in parts)
            write(part);
        output.Append(parts.Count > 0 ? indent : "").Append("};\n");
    }

    // Variable parts become a template literal type, which the compiler matches names against.
    private static string Key(TopicContract topic)
    {
        if (!IsFamily(topic))
            return PropertyName(topic.Name);
        var pattern = Part().Replace(Quoted(topic.Name)[1..^1].Replace("`", "\\`").Replace("$", "\\$"), "${string}");
        return pattern == "${string}" ? "[topic: string]" : $"[topic: `{pattern}`]";
    }

    // The compiler requires that the type of a name is assignable to the types of all families that match the name.
    private string Payload(TopicContract topic, IReadOnlyList<TopicContract> all)
    {
        var own = Event(topic);
        if (!IsFamily(topic) || own == "unknown")
            return own;
        var family = new Regex("^" + string.Join(".*", Part().Split(topic.Name).Select(Regex.Escape)) + "$", RegexOptions.Singleline | RegexOptions.CultureInvariant);
        return string.Join(" | ", all.Where(other => other == topic || family.IsMatch(other.Name)).Select(Event).Prepend(own).Distinct());
    }

    private static string Names(IEnumerable<string> names) => $"[{string.Join(", ", names.Select(Quoted))}]";

    private static bool IsFamily(TopicContract topic) => Part().IsMatch(topic.Name);

    [GeneratedRegex(@"\{[^{}]+\}")]
    private static partial Regex Part();
}
