using System.Text.RegularExpressions;
using Pikku.Akka.Contracts;
using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;
using static Pikku.Akka.Clients.CSharp.SourceText;

namespace Pikku.Akka.Clients.CSharp;

/// <summary>Writes the class of a channel: a method for each action, topic, message and function of the client.</summary>
internal sealed partial class RouteEmitter(SourceText source, CSharpTypes types)
{
    // Without this overload, C# would convert an asynchronous lambda to an Action, and its exceptions would end the process.
    private const string Unawaited = "Adds an asynchronous handler. Its task is not awaited; a failure is reported to PikkuOptions.OnError.";

    private const string Options = "CancellationToken cancellationToken = default, TimeSpan? timeout = null)";

    private static readonly string[] Taken =
        [.. NameScope.Members, "CloseAsync", "ConnectAsync", "FallbackAsync", "OnBinary", "OnMessage", "OnState", "SendBinaryAsync", "State"];

    /// <summary>Writes the class of a channel. The actions of the first routing key are members of the route; each other key has
    /// its own class.</summary>
    public void Write(ChannelContract channel, string name)
    {
        var others = channel.Keys.Skip(1).Select(key => (Key: key, Class: types.Scope.Reserve(NameScope.Pascal(channel.Name), key.Key, "Route", "Key"))).ToArray();
        var members = new NameScope(Taken.Append(name));
        source.Summary($"The channel {channel.Name}.");
        source.Block($"public sealed class {name} : PikkuRoute", () =>
        {
            WriteConstructor(name, "PikkuConnection", "PikkuSession", others, members);
            if (channel.Keys.Count > 0)
                WriteActions(channel.Keys[0], members);
            // Messages of the default handler may have no id, so the items of several streams could not be told apart.
            if (channel.Fallback is { IsStream: false } fallback)
                WriteFallback(fallback, channel.IsFallbackText);
            if (channel.Binary is not null)
                WriteBinary();
            WriteMessages([.. channel.Messages.Select(message => message.Type)]);
            foreach (var topic in channel.Topics)
                WriteTopic(topic, members);
            foreach (var remote in channel.Remotes)
                WriteRemote(remote, members);
        });
        foreach (var (key, itsName) in others)
        {
            source.Line();
            source.Summary($"The actions of the channel {channel.Name} with the routing key {key.Key}.");
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
        var made = others.Select(other => (Member: members.Reserve("", other.Key.Key, "", "Key"), other.Class, other.Key.Key)).ToArray();
        source.Block($"internal {name}({connection} connection, {session}? direct) : base(connection, direct)", () =>
        {
            foreach (var (member, itsClass, _) in made)
                source.Line($"{member} = new {itsClass}(connection, direct);");
        });
        foreach (var (member, itsClass, key) in made)
            source.Line().Summary($"The actions with the routing key {key}.").Line($"public {itsClass} {member} {{ get; }}");
    }

    private void WriteActions(RoutingKeyContract key, NameScope members)
    {
        foreach (var action in key.Actions)
        {
            var method = members.Reserve("", action.Name, "Async", "Action");
            source.Line().Summary(
                About(action), action.NeedsSession ? "Requires a session." : null,
                action.IsStream ? "The call is sent when the first item is asked for. Leaving the loop cancels it. The timeout is that of the first item." : null);
            WriteCall(action, method, (parameter, input) => $"{{0}}<{parameter}{{1}}>({Literal(key.Key)}, {Literal(action.Name)}, {input}, timeout, cancellationToken)");
        }
    }

    private static string About(ActionContract action) =>
        action.Function.Description ?? action.Function.Title ?? (action.Name.Length == 0 ? "Sends a message that matches no action." : $"Calls {action.Name}.");

    private void WriteCall(ActionContract action, string method, Func<string, string, string> call)
    {
        var input = action.Input is null ? null : types.Write(action.Input.WithoutNull) + (action.MayOmitInput ? "?" : "");
        var parameter = input is null ? "" : action.MayOmitInput ? $"{input} input = null, " : $"{input} input, ";
        var format = call(input ?? "object?", input is null ? "null" : "input");
        var (result, name, output) = action.Output switch
        {
            { } type when action.IsStream => ($"IAsyncEnumerable<{types.Write(type)}>", "PikkuStream", ", " + types.Write(type)),
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
            isText ? "The text is sent unchanged, without an id. Answers are matched by order alone, so pikku.channel.max-in-flight must be 1." : null);
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
        source.Line($"    {Reader(fallback.Output!)}<{output}>(await {sent}.ConfigureAwait(false));");
    }

    private static string Reader(TypeUse type) => type is TypeUse.Nullable ? "PikkuReadOrNull" : "PikkuRead";

    private void WriteBinary()
    {
        source.Line().Summary("Sends a binary frame. The task completes when the frame is sent; a reply, if there is one, goes to OnBinary.");
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
            "Adds a handler for messages that belong to no topic and no call. Dispose of the returned object to remove it.",
            messages.Count > 1 ? $"One of: {string.Join(", ", messages.Select(types.Write))}." : null);
        source.Line($"public IDisposable OnMessage(Action<{type}> handler) => {method}(handler);");
        source.Line().Summary(Unawaited);
        source.Line($"public IDisposable OnMessage(Func<{type}, Task> handler) => OnMessage(PikkuObserved(handler));");
    }

    private void WriteTopic(TopicContract topic, NameScope members)
    {
        if (topic.IsSubscribable)
        {
            WriteSubscription(topic, members);
            return;
        }

        var places = Place().Matches(topic.Name).Select(match => match.Groups["name"].Value).ToArray();
        var fixedPart = Place().Replace(topic.Name, " ");
        var method = members.Reserve("On", fixedPart.Any(char.IsLetterOrDigit) ? fixedPart : string.Join(' ', places), "", "Topic");
        var scope = new NameScope(["Handler"]);
        var parameters = places.Select(place => NameScope.Camel(scope.Reserve("", place, "", "Part"))).ToArray();
        var index = 0;
        var parts = Place().Split(topic.Name).Where((_, i) => i % 2 == 0).ToArray();
        var name = places.Length == 0
            ? Literal(topic.Name)
            : string.Join(" + ", parts.SelectMany(part => new[] { Literal(part), index < parameters.Length ? parameters[index++] : "" }).Where(part => part is not ("" or "\"\"")));
        source.Line().Summary($"Adds a handler for the events of {topic.Name}. Dispose of the returned object to remove it. The server decides which events it sends, usually by an action.");
        var declared = string.Concat(parameters.Select(parameter => $"string {parameter}, "));
        source.Line($"public IDisposable {method}({declared}Action<{Event(topic)}> handler) =>");
        source.Line($"    PikkuOnTopic({name}, handler);");
        source.Line().Summary(Unawaited);
        source.Line($"public IDisposable {method}({declared}Func<{Event(topic)}, Task> handler) =>");
        source.Line($"    PikkuOnTopic({name}, PikkuObserved(handler));");
    }

    private void WriteSubscription(TopicContract topic, NameScope members)
    {
        var places = Place().Matches(topic.Name).Select(match => match.Groups["name"].Value).ToArray();
        var fixedPart = Place().Replace(topic.Name, " ");
        var name = fixedPart.Any(char.IsLetterOrDigit) ? fixedPart : string.Join(' ', places);
        // The name of the only placeholder says more about a simple value than the word "key".
        var parameter = topic.Key switch
        {
            null => null,
            TypeUse.Declared { Declaration: ObjectDeclaration } => "key",
            _ when NameScope.Camel(places[0]) is var place and not ("handler" or "options" or "cancellationToken" or "reduce") => place,
            _ => "key",
        };
        var key = parameter is null ? "" : $"{types.Write(topic.Key!.WithoutNull)} {parameter}";
        var declared = parameter is null ? "" : key + ", ";
        var topicName = parameter is null ? Literal(topic.Name) : $"PikkuTopic({Literal(topic.Name)}, {parameter})";
        var payload = Event(topic);
        var state = topic switch
        {
            { Kind: TopicKind.Presence } => $"IReadOnlyList<PikkuPresenceEntry<{types.Write(topic.Payload)}>>",
            { Snapshot: { } snapshot } => types.Write(snapshot),
            _ => null,
        };

        if (topic.Kind == TopicKind.Presence)
            types.AddJson($"IReadOnlyList<PikkuPresenceEntry<{types.WriteBare(topic.Payload)}>>");
        var method = members.Reserve("SubscribeTo", name, "", "Topic");
        source.Line().Summary(
            $"Subscribes to {topic.Name} and adds a handler for its events. Dispose of the returned object to remove it.",
            "All handlers of a topic share one subscription, which ends with the last of them. "
            + (topic.History is not null ? "After each reconnect it goes on where it was." : "It begins again after each reconnect; events in between are lost."));
        source.Line($"public IDisposable {method}({declared}Action<{payload}> handler, PikkuSubscriptionOptions? options = null) =>");
        source.Line($"    PikkuSubscribe({topicName}, handler, options);");
        source.Line().Summary(Unawaited);
        source.Line($"public IDisposable {method}({declared}Func<{payload}, Task> handler, PikkuSubscriptionOptions? options = null) =>");
        source.Line($"    PikkuSubscribe({topicName}, PikkuObserved(handler), options);");
        source.Line().Summary(
            $"Subscribes to {topic.Name} at once and returns its events, which can be enumerated once.",
            "The loop fails if the server refuses or ends the subscription, if the route closes, and if it is too slow, see PikkuOptions.MaxBuffered. "
            + (topic.History is not null
                ? "After a lost connection it resumes, and fails with PikkuEventsLostException only if events are really lost."
                : "It also fails if the connection is lost, because events may be missing."));
        source.Line($"public IAsyncEnumerable<{payload}> {method}({declared}CancellationToken cancellationToken = default) =>");
        source.Line($"    PikkuEvents<{payload}>({topicName}, cancellationToken);");
        if (state is not null)
            WriteState(topic, state, payload, members, name, declared, topicName);
        else if (topic.History is not null)
            WriteWatch($"Like {method}, but each event comes with its position.", $"PikkuEvent<{payload}>", payload, topic, members, name, declared, topicName);
        if (topic.Kind == TopicKind.Presence)
            WriteKeyed("PikkuPresence", "list of who is present in", "Presence");
        else if (topic.Kind == TopicKind.State)
            WriteKeyed("PikkuEntries", "entries of", "State");

        void WriteKeyed(string type, string what, string fallback)
        {
            type = $"{type}<{types.Write(topic.Payload)}>";
            // What the client reads when it loads the entries.
            var value = types.WriteBare(topic.Payload);
            types.AddJson(topic.Kind == TopicKind.Presence ? $"PikkuPresenceEntry<{value}>[]" : $"Dictionary<string, {value}>");
            source.Line().Summary($"Keeps the {what} {topic.Name} current. Dispose of the returned object to end the subscription.");
            source.Line($"public {type} {members.Reserve("", name, "", fallback)}({key}) =>");
            source.Line($"    {type}({topicName});");
        }
    }

    private string Event(TopicContract topic) => topic.Kind switch
    {
        TopicKind.Presence => types.WriteChange("PikkuPresenceChange", topic.Payload),
        TopicKind.State => types.WriteChange("PikkuEntryChange", topic.Payload),
        _ => types.Write(topic.Payload),
    };

    private void WriteState(TopicContract topic, string state, string payload, NameScope members, string name, string declared, string topicName)
    {
        WriteWatch(
            "Like the loop over events, but it begins with the state, and receives the state again instead of failing if events are lost.",
            $"PikkuUpdate<{state}, {payload}>", $"{state}, {payload}", topic, members, name, declared, topicName);
        source.Line().Summary(
            $"Loads the state of {topic.Name} and keeps it current. If events are lost, the state is loaded again. Dispose of the returned object to end the subscription.",
            "The function returns the state with an event applied; the state may already contain the event.");
        source.Line($"public PikkuLive<{state}, {payload}> {members.Reserve("Live", name, "", "Topic")}({declared}Func<{state}, {payload}, {state}> reduce) =>");
        source.Line($"    PikkuLive({topicName}, reduce);");
    }

    private void WriteWatch(string how, string item, string arguments, TopicContract topic, NameScope members, string name, string declared, string topicName)
    {
        source.Line().Summary($"Subscribes to {topic.Name} at once. {how}");
        source.Line($"public IAsyncEnumerable<{item}> {members.Reserve("Watch", name, "", "Topic")}({declared}CancellationToken cancellationToken = default) =>");
        source.Line($"    PikkuWatch<{arguments}>({topicName}, cancellationToken);");
    }

    private void WriteRemote(RemoteContract remote, NameScope members)
    {
        var method = members.Reserve("Expose", remote.Name, "", "Function");
        var input = remote.Input is null ? "" : types.Write(remote.Input) + ", ";
        var output = remote.Output is null ? "" : $"<{types.Write(remote.Output)}>";
        var argument = remote.Input is null ? "" : $"{Reader(remote.Input)}<{types.Write(remote.Input)}>(input), ";
        source.Line().Summary(
            $"Exposes the function {remote.Name} to the server. Dispose of the returned object to remove it. Exceptions of the function are sent to the server.",
            "The function's token is canceled when the connection ends, because nobody would receive the answer.");
            source.Line("/// <param name=\"function\">The function.</param>");
            source.Line("/// <param name=\"pending\">A reason that is sent to the server at once if the answer takes long, for example because a person is asked. It suspends the server's timeout.</param>");
        source.Line($"public IDisposable {method}(Func<{input}CancellationToken, Task{output}> function, string? pending = null) =>");
        source.Line($"    PikkuExpose({Literal(remote.Name)}, async (input, cancellationToken) =>");
        source.Line("    {");
        source.Line(remote.Output is null
            ? $"        await function({argument}cancellationToken).ConfigureAwait(false);"
            : $"        return PikkuElement(await function({argument}cancellationToken).ConfigureAwait(false));");
        if (remote.Output is null)
            source.Line("        return default;");
        source.Line("    }, pending);");
    }

    [GeneratedRegex(@"\{(?<name>[^{}]+)\}")]
    private static partial Regex Place();
}
