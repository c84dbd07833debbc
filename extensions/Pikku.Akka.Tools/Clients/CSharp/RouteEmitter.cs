using System.Text.RegularExpressions;
using Pikku.Akka.Contracts;
using Pikku.Akka.Contracts.Types;
using static Pikku.Akka.Clients.CSharp.SourceText;

namespace Pikku.Akka.Clients.CSharp;

/// <summary>The class of a channel: a method for each action, topic, message and function of the client.</summary>
internal sealed partial class RouteEmitter(SourceText source, CSharpTypes types)
{
    // C# takes an asynchronous lambda for this and not for an Action, where what it throws would end the process.
    private const string Unawaited = "The same for an asynchronous handler. Nothing waits for what it returns; when that fails, it is reported.";

    private const string Options = "CancellationToken cancellationToken = default, TimeSpan? timeout = null)";

    private static readonly string[] Taken =
        [.. NameScope.Members, "CloseAsync", "ConnectAsync", "FallbackAsync", "OnBinary", "OnMessage", "OnState", "SendBinaryAsync", "State"];

    /// <summary>The first routing key is that of the route itself, each other one has a class of its own.</summary>
    public void Write(ChannelContract channel, string name)
    {
        var others = channel.Keys.Skip(1).Select(key => (Key: key, Class: types.Scope.Give(NameScope.Pascal(channel.Name), key.Key, "Route", "Key"))).ToArray();
        var members = new NameScope(Taken.Append(name));
        source.Summary($"The channel {channel.Name}.");
        source.Block($"public sealed class {name} : PikkuRoute", () =>
        {
            WriteConstructor(name, "PikkuConnection", "PikkuSession", others, members);
            if (channel.Keys.Count > 0)
                WriteActions(channel.Keys[0], members);
            if (channel.Fallback is { } fallback)
                WriteFallback(fallback, channel.IsFallbackText);
            if (channel.Binary is not null)
                WriteBinary();
            WriteMessages(channel.Messages);
            foreach (var topic in channel.Topics)
                WriteTopic(topic, members);
            foreach (var remote in channel.Remotes)
                WriteRemote(remote, members);
        });
        foreach (var (key, itsName) in others)
        {
            source.Line();
            source.Summary($"The actions of the channel {channel.Name} that {key.Key} names.");
            source.Block($"public sealed class {itsName} : PikkuActions", () =>
            {
                WriteConstructor(itsName, "PikkuConnection", "PikkuSession", [], members);
                WriteActions(key, new NameScope(NameScope.Members.Append(itsName)));
            });
        }
    }

    private void WriteConstructor(
        string name, string connection, string session, IReadOnlyList<(RoutingKeyContract Key, string Class)> others, NameScope members)
    {
        var made = others.Select(other => (Member: members.Give("", other.Key.Key, "", "Key"), other.Class, other.Key.Key)).ToArray();
        source.Block($"internal {name}({connection} connection, {session}? direct) : base(connection, direct)", () =>
        {
            foreach (var (member, itsClass, _) in made)
                source.Line($"{member} = new {itsClass}(connection, direct);");
        });
        foreach (var (member, itsClass, key) in made)
            source.Line().Summary($"The actions that {key} names.").Line($"public {itsClass} {member} {{ get; }}");
    }

    private void WriteActions(RoutingKeyContract key, NameScope members)
    {
        foreach (var action in key.Actions)
        {
            var method = members.Give("", action.Name, "Async", "Action");
            source.Line().Summary(About(action), action.NeedsSession ? "Needs a session." : null);
            WriteCall(action, method, (parameter, input) => $"{{0}}<{parameter}{{1}}>({Literal(key.Key)}, {Literal(action.Name)}, {input}, timeout, cancellationToken)");
        }
    }

    private static string About(ActionContract action) =>
        action.Function.Description ?? action.Function.Title ?? (action.Name.Length == 0 ? "Sends what matches no action." : $"Calls {action.Name}.");

    private void WriteCall(ActionContract action, string method, Func<string, string, string> call)
    {
        var input = action.Input is null ? null : types.Write(action.Input.WithoutNull) + (action.MayOmitInput ? "?" : "");
        var parameter = input is null ? "" : action.MayOmitInput ? $"{input} input = null, " : $"{input} input, ";
        var format = call(input ?? "object?", input is null ? "null" : "input");
        var (result, name, output) = action.Output switch
        {
            null => ("Task", "PikkuSendAsync", ""),
            TypeUse.Nullable type => ($"Task<{types.Write(type)}>", "PikkuCallOrNullAsync", ", " + types.Write(type)),
            var type => ($"Task<{types.Write(type)}>", "PikkuCallAsync", ", " + types.Write(type)),
        };
        source.Line($"public {result} {method}({parameter}{Options} =>");
        source.Line($"    {format.Replace("{0}", name, StringComparison.Ordinal).Replace("{1}", output, StringComparison.Ordinal)};");
    }

    private void WriteFallback(ActionContract fallback, bool isText)
    {
        source.Line().Summary(
            About(fallback),
            isText ? "It goes as it is, without an id: answers are told apart by their order alone, and pikku.channel.max-in-flight must be 1." : null);
        var output = fallback.Output is null ? null : types.Write(fallback.Output);
        var input = isText ? "string" : fallback.Input is null ? null : types.Write(fallback.Input.WithoutNull) + (fallback.MayOmitInput ? "?" : "");
        var parameter = input is null ? "" : !isText && fallback.MayOmitInput ? $"{input} input = null, " : $"{input} input, ";
        var send = isText ? "PikkuSendTextAsync(input" : input is null ? "PikkuSendFallbackAsync<object?>(null" : "PikkuSendFallbackAsync(input";
        var sent = $"{send}, timeout, cancellationToken)";
        if (output is null)
        {
            source.Line($"public Task FallbackAsync({parameter}{Options} => {sent};");
            return;
        }

        source.Line($"public async Task<{output}> FallbackAsync({parameter}{Options} =>");
        source.Line($"    PikkuJson.{(fallback.Output is TypeUse.Nullable ? "ReadOrNull" : "Read")}<{output}>(await {sent}.ConfigureAwait(false));");
    }

    private void WriteBinary()
    {
        source.Line().Summary("Sends a binary frame. Done once it is sent; what comes back, if anything does, comes to OnBinary.");
        source.Line($"public Task SendBinaryAsync(ReadOnlyMemory<byte> frame, {Options} => PikkuSendFrameAsync(frame, timeout, cancellationToken);");
    }

    private void WriteMessages(IReadOnlyList<TypeUse> messages)
    {
        var (type, method) = messages switch
        {
            [TypeUse.Scalar { Kind: ScalarKind.String }] => ("string", "PikkuOnText"),
            [var only] => (types.Write(only), $"PikkuOnJson<{types.Write(only)}>"),
            _ => ("JsonElement", "PikkuOnJson<JsonElement>"),
        };
        source.Line().Summary(
            "Gets messages that belong to no topic and answer nothing, until what is returned is disposed of.",
            messages.Count > 1 ? $"One of: {string.Join(", ", messages.Select(types.Write))}." : null);
        source.Line($"public IDisposable OnMessage(Action<{type}> handler) => {method}(handler);");
        source.Line().Summary(Unawaited);
        source.Line($"public IDisposable OnMessage(Func<{type}, Task> handler) => OnMessage(PikkuObserved(handler));");
    }

    private void WriteTopic(TopicContract topic, NameScope members)
    {
        var places = Place().Matches(topic.Name).Select(match => match.Groups["name"].Value).ToArray();
        var fixedPart = Place().Replace(topic.Name, " ");
        var method = members.Give("On", fixedPart.Any(char.IsLetterOrDigit) ? fixedPart : string.Join(' ', places), "", "Topic");
        var scope = new NameScope(["Handler"]);
        var parameters = places.Select(place => NameScope.Camel(scope.Give("", place, "", "Part"))).ToArray();
        var index = 0;
        var parts = Place().Split(topic.Name).Where((_, i) => i % 2 == 0).ToArray();
        var name = places.Length == 0
            ? Literal(topic.Name)
            : string.Join(" + ", parts.SelectMany(part => new[] { Literal(part), index < parameters.Length ? parameters[index++] : "" }).Where(part => part is not ("" or "\"\"")));
        source.Line().Summary($"Gets the events of {topic.Name}, until what is returned is disposed of. Which come is the server's to say, usually by an action.");
        var declared = string.Concat(parameters.Select(parameter => $"string {parameter}, "));
        source.Line($"public IDisposable {method}({declared}Action<{types.Write(topic.Payload)}> handler) =>");
        source.Line($"    PikkuOnTopic({name}, handler);");
        source.Line().Summary(Unawaited);
        source.Line($"public IDisposable {method}({declared}Func<{types.Write(topic.Payload)}, Task> handler) =>");
        source.Line($"    PikkuOnTopic({name}, PikkuObserved(handler));");
    }

    private void WriteRemote(RemoteContract remote, NameScope members)
    {
        var method = members.Give("Expose", remote.Name, "", "Function");
        var input = remote.Input is null ? "" : types.Write(remote.Input) + ", ";
        var output = remote.Output is null ? "" : $"<{types.Write(remote.Output)}>";
        var argument = remote.Input is null ? "" : $"PikkuJson.{(remote.Input is TypeUse.Nullable ? "ReadOrNull" : "Read")}<{types.Write(remote.Input)}>(input), ";
        source.Line().Summary(
            $"Lets the server call {remote.Name}, until what is returned is disposed of. What it throws is told to the server.",
            "Its token fires when the connection ends: the answer would reach nobody.");
        source.Line("/// <param name=\"function\">What is called.</param>");
        source.Line("/// <param name=\"pending\">What the server is told at once where the answer takes its time, such as when a person is asked: stops its clock.</param>");
        source.Line($"public IDisposable {method}(Func<{input}CancellationToken, Task{output}> function, string? pending = null) =>");
        source.Line($"    PikkuExposeFunction({Literal(remote.Name)}, async (input, cancellationToken) =>");
        source.Line("    {");
        source.Line(remote.Output is null
            ? $"        await function({argument}cancellationToken).ConfigureAwait(false);"
            : $"        return PikkuJson.Element(await function({argument}cancellationToken).ConfigureAwait(false));");
        if (remote.Output is null)
            source.Line("        return default;");
        source.Line("    }, pending);");
    }

    [GeneratedRegex(@"\{(?<name>[^{}]+)\}")]
    private static partial Regex Place();
}
