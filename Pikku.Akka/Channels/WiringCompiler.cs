using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing.Patterns;
using Pikku.Akka.EventHub;
using Pikku.Akka.Functions;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Validates the wiring of the application and compiles it to <see cref="CompiledChannel"/>s. Collects every problem before it fails (A6).</summary>
internal sealed partial class WiringCompiler(PikkuBuilder app, FunctionBinder binder, InputOptions input, JsonSerializerOptions json)
{
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];
    private readonly Dictionary<string, (FunctionDescriptor Function, ChannelDefinition Channel)> _functions = new(StringComparer.Ordinal);

    /// <summary>The warnings about wiring that has no effect, each with a hint.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <exception cref="PikkuWiringException">The wiring is invalid.</exception>
    public IReadOnlyList<CompiledChannel> Compile()
    {
        CheckGlobals();
        CheckUnique(c => c.Name, "name", "give each channel a unique name, or extend the channel of another module with ConfigureChannel");
        // Two routes that differ only in the names of their parameters match the same requests.
        CheckUnique(c => ParameterName().Replace(c.Route.TrimEnd('/').ToUpperInvariant(), "{$1"), "route", "give each channel a unique route");
        CheckTopicTypes();
        CheckMessageNames();
        var channels = app.Channels.Select(Compile).ToArray();
        WarnOfUnusedTags();
        return _problems.Count == 0 ? channels : throw new PikkuWiringException([.. _problems.Distinct()]);
    }

    private CompiledChannel Compile(ChannelDefinition channel)
    {
        if (string.IsNullOrWhiteSpace(channel.Name))
            Problem("a channel", "has no name; give the channel a name");
        CheckRoute(channel);
        if (channel.OpeningData is { } opening)
            CheckOpening(channel, opening);

        var actions = new List<BoundAction>();
        var routes = new RoutingTable.Builder(JsonDepth.Of(json));
        foreach (var (key, values) in channel.Actions)
            CompileKey(channel, key, values, actions, routes);
        BoundAction[] reserved = [RenewalRunner.NewAction()];
        foreach (var (index, action) in reserved.Index())
            routes.AddReserved(action.Name!, actions.Count + index);

        return new CompiledChannel
        {
            Name = channel.Name,
            Route = channel.Route,
            Auth = channel.Auth,
            Tags = channel.Tags,
            OpeningData = channel.OpeningData,
            Routes = routes.Build(),
            Actions = [.. actions],
            Reserved = reserved,
            OnConnect = Lifecycle(channel, channel.OnConnect, "onConnect"),
            OnDisconnect = Lifecycle(channel, channel.OnDisconnect, "onDisconnect"),
            OnMessage = Default(channel),
            OnBinaryMessage = Binary(channel),
            Topics = Topics(channel),
            Messages = Messages(channel),
            Remotes = Remotes(channel),
            ChannelMiddleware = ChannelMiddlewareOf(channel),
        };
    }

    private void CompileKey(
        ChannelDefinition channel, string key, List<(string Value, ActionDefinition Action)> values, List<BoundAction> actions,
        RoutingTable.Builder routes)
    {
        var place = $"channel '{channel.Name}'";
        if (string.IsNullOrEmpty(key))
            Problem(place, "has an empty routing key; pass the name of the property that contains the action");
        if (key is "data" or "id")
            Problem(place, $"uses the routing key '{key}', which is reserved for the envelope; choose another one");
        if (values.Count == 0)
            Problem(place, $"has no actions for the routing key '{key}'; add an action or remove the routing key");
        CheckOnce(place, values.Select(v => $"{key}:{v.Value}"), "wires");

        foreach (var (value, definition) in values.DistinctBy(v => v.Value, StringComparer.Ordinal))
        {
            if (string.IsNullOrEmpty(value))
                Problem(place, $"wires an action with an empty value of '{key}'; give the action a name");
            if (value.StartsWith(ReservedActions.Prefix, StringComparison.Ordinal))
            {
                Problem(place, $"wires '{key}:{value}', but names that begin with '{ReservedActions.Prefix}' are reserved; choose another one");
                continue;
            }

            if (Bind(channel, definition, $"route '{key}:{value}'", InputMode.Json, (key, value)) is not { } action)
                continue;
            routes.Add(key, value, actions.Count, action.Runner.DeclaresData);
            actions.Add(action);
        }
    }

    private BoundAction? Lifecycle(ChannelDefinition channel, ActionDefinition? definition, string label)
    {
        if (definition is null)
            return null;
        // H2: lifecycle functions run the global middleware, that of the channel's tags and their own, but not that of the channel's actions. Only the
        // permissions and scopes of the function itself apply (D1).
        var bound = Bind(channel, definition, label, InputMode.Opening, lifecycle: true);
        if (bound is { Runner.Input: var type } && type != typeof(NoData) && type != channel.OpeningData)
            Problem($"{label} of channel '{channel.Name}'", $"has an input of type {type}, but the channel's opening data is {channel.OpeningData?.ToString() ?? "not declared"}; declare it with OpeningData<{type.Name}>()");
        return bound;
    }

    private BoundAction? Default(ChannelDefinition channel)
    {
        if (channel.OnMessage is not { } definition)
            return null;
        var mode = TryBindBody(definition.Function)?.Input == typeof(string) ? InputMode.RawText : InputMode.Json;
        return Bind(channel, definition, "the default message route", mode);
    }

    private BoundAction? Binary(ChannelDefinition channel)
    {
        if (channel.OnBinaryMessage is not { } definition)
            return null;
        var body = TryBindBody(definition.Function);
        if (body is not null && body.Input != typeof(ReadOnlyMemory<byte>) && body.Input != typeof(byte[]))
            Problem($"the binary handler of channel '{channel.Name}'", $"has an input of type {body.Input}; the input must be ReadOnlyMemory<byte> or byte[]");
        if (body is not null && !IsBinaryOrNothing(body.Output))
            Problem($"the binary handler of channel '{channel.Name}'", $"returns {body.Output}; the result must be byte[], ReadOnlyMemory<byte> or nothing");
        return Bind(channel, definition, "the binary message route", InputMode.Binary);
    }

    private List<TopicDeclaration> Topics(ChannelDefinition channel)
    {
        var place = $"channel '{channel.Name}'";
        foreach (var topic in channel.Topics)
        {
            if (string.IsNullOrWhiteSpace(topic.Name))
                Problem(place, "declares a topic without a name; give the topic the name to which events are published");
            else if (!TopicPattern().IsMatch(topic.Name))
                Problem(place, $"declares the topic '{topic.Name}', which has unbalanced braces; write each placeholder as {{name}}");
            CheckSerialisable(topic.Payload, $"the payload of topic '{topic.Name}' of {place}");
        }

        CheckOnce(place, channel.Topics.Select(topic => topic.Name), "declares the topic");
        return channel.Topics;
    }

    private List<MessageDeclaration> Messages(ChannelDefinition channel)
    {
        var place = $"channel '{channel.Name}'";
        foreach (var (type, name) in channel.Messages)
        {
            CheckSerialisable(type, $"a message that channel '{channel.Name}' sends");
            if (name is not null && string.IsNullOrWhiteSpace(name))
                Problem(place, $"declares the message {type} with a blank name; give it a name, or none");
            if (name is not null && !MessageDeclaration.HasName(type))
                Problem(place, $"declares the message {type} with the name '{name}', but its messages are sent without a name; remove the name, or declare a type of your own");
        }

        foreach (var same in channel.Messages.Where(message => message.Name is not null).GroupBy(message => message.Name).Where(group => group.Distinct().Count() > 1))
            Problem(place, $"declares the messages {string.Join(" and ", same.Distinct().Select(message => message.Type))} with the same name '{same.Key}'; give one of them another name: AddClientMessage<T>(\"name\")");
        return channel.Messages;
    }

    // A message to a user is encoded once for the clients of all channels.
    private void CheckMessageNames()
    {
        var declarations = app.Channels.SelectMany(channel => channel.Messages, (channel, message) => (Channel: channel.Name, message.Type, message.Name));
        foreach (var message in declarations.GroupBy(message => message.Type))
        {
            var names = message.DistinctBy(declaration => declaration.Name, StringComparer.Ordinal).ToArray();
            if (names.Length > 1)
                Problem($"the message {message.Key}", $"is declared as {string.Join(" and as ", names.Select(name => $"'{name.Name}' by channel '{name.Channel}'"))}; use one name");
        }
    }

    private List<RemoteDeclaration> Remotes(ChannelDefinition channel)
    {
        var place = $"channel '{channel.Name}'";
        foreach (var remote in channel.Remotes)
        {
            if (string.IsNullOrWhiteSpace(remote.Name))
                Problem(place, "declares a client function without a name; give the function the name that the server calls");
            if (remote.Input != typeof(NoData))
                CheckSerialisable(remote.Input, $"the input of the client function '{remote.Name}' of {place}");
            if (remote.Output != typeof(NoData))
                CheckReadable(remote.Output, $"the result of the client function '{remote.Name}' of {place}");
        }

        CheckOnce(place, channel.Remotes.Select(remote => remote.Name), "declares the client function");
        return channel.Remotes;
    }

    private static bool IsBinaryOrNothing(Type type) =>
        type == typeof(NoData) || BinaryValue.IsBinary(Nullable.GetUnderlyingType(type) ?? type);

    private BoundAction? Bind(
        ChannelDefinition channel, ActionDefinition definition, string label, InputMode mode, (string Key, string Value)? route = null,
        bool lifecycle = false)
    {
        var function = definition.Function;
        var place = $"{label} of channel '{channel.Name}'";
        CheckFunction(function, place, channel);
        FunctionBody body;
        try
        {
            body = binder.Bind(function);
        }
        catch (FunctionBindingException e)
        {
            Problem(place, $"cannot be called: {e.Message}");
            return null;
        }

        if (mode == InputMode.Json && body.Input != typeof(NoData))
            CheckSerialisable(body.Input, $"the input of {place}");
        if (mode != InputMode.Binary && body.Output != typeof(NoData))
            CheckSerialisable(body.Output, $"the result of {place}");
        PikkuPermissions[] sets = [definition.Permissions, function.Permissions];
        foreach (var permission in sets.SelectMany(s => s.Groups).SelectMany(g => g.All))
            CheckPermission(permission, body.Input, place);

        var permissions = new PermissionCheck(app.GlobalPermissions, sets);
        var runner = body.Accept(new RunnerFactory(function, input, mode, permissions, json, place, _problems));
        return runner is null ? null : new BoundAction
        {
            Function = function,
            Runner = runner,
            Mode = mode,
            Label = label,
            RoutingKey = route?.Key,
            Name = route?.Value,
            Auth = !lifecycle && (definition.Auth ?? channel.Auth),
            Permissions = permissions,
            Middleware = lifecycle
                ? MiddlewareChain.Compose(app.GlobalMiddleware, TagsOf(channel), definition.Middleware)
                : MiddlewareChain.Compose(
                    app.GlobalMiddleware, TagsOf(channel), channel.Middleware, definition.Middleware,
                    function.Tags.SelectMany(MiddlewareOf), function.Middleware),
        };
    }

    private IEnumerable<PikkuMiddleware> TagsOf(ChannelDefinition channel) => NamesOf(channel).SelectMany(MiddlewareOf);

    private IEnumerable<PikkuMiddleware> MiddlewareOf(string tag) => app.TagMiddleware.GetValueOrDefault(tag) ?? [];

    private PikkuChannelMiddlewareDelegate[] ChannelMiddlewareOf(ChannelDefinition channel) =>
        [.. NamesOf(channel).SelectMany(tag => app.TagChannelMiddleware.GetValueOrDefault(tag) ?? []).Concat(channel.ChannelMiddleware).Distinct()];

    // The name of a channel counts as a tag, so that middleware can be added to a channel that has no tags.
    private static IEnumerable<string> NamesOf(ChannelDefinition channel) => channel.Tags.Append(channel.Name).Distinct(StringComparer.Ordinal);

    private FunctionBody? TryBindBody(FunctionDescriptor function)
    {
        try
        {
            return binder.Bind(function);
        }
        catch (FunctionBindingException)
        {
            return null; // Bind reports the problem with its location
        }
    }

    // This is a warning and not an error, because a module that several applications share may name a tag that only some of them use.
    private void WarnOfUnusedTags()
    {
        var ofChannels = app.Channels.SelectMany(NamesOf).ToHashSet(StringComparer.Ordinal);
        var ofBoth = ofChannels.Concat(_functions.Values.SelectMany(known => known.Function.Tags)).ToHashSet(StringComparer.Ordinal);
        foreach (var tag in app.TagMiddleware.Keys.Where(tag => !ofBoth.Contains(tag)))
            _warnings.Add($"AddMiddleware(\"{tag}\") has no effect: no channel and no function has this tag{Nearest(tag, ofBoth)}.");
        foreach (var tag in app.TagChannelMiddleware.Keys.Where(tag => !ofChannels.Contains(tag)))
            _warnings.Add($"AddChannelMiddleware(\"{tag}\") has no effect: no channel has this tag or name{Nearest(tag, ofChannels)}.");
    }

    private static string Nearest(string tag, HashSet<string> known) =>
        known.FirstOrDefault(other => string.Equals(other, tag, StringComparison.OrdinalIgnoreCase)) is { } other ? $"; tags are case-sensitive, and '{other}' exists" : "";

    private void CheckGlobals()
    {
        _problems.AddRange(app.Conflicts.Select(conflict => $"{conflict}."));
        foreach (var permission in app.GlobalPermissions)
            if (permission.DataType is { } type && type != typeof(JsonElement) && type != typeof(object))
                Problem($"the global permission '{permission.Name}'", $"expects {type}, but a global permission receives the input of every function; use JsonElement or object");
        // Sessions are sent to other nodes as JSON, and the session of a token is merged with the stored session as JSON.
        if (app.SessionType is { IsAbstract: false } session)
            CheckReadable(session, "the session");
    }

    private void CheckOpening(ChannelDefinition channel, Type opening)
    {
        var place = $"the opening data of channel '{channel.Name}'";
        if (CheckReadable(opening, place) && new InputShape(opening, input.OpeningData).Declares(OpeningDataBinder.TokenParameter))
            Problem(place, $"has the property '{OpeningDataBinder.TokenParameter}', which is reserved for the token of the connection; rename the property");
    }

    private void CheckUnique(Func<ChannelDefinition, string> key, string what, string fix)
    {
        foreach (var group in app.Channels.GroupBy(key, StringComparer.Ordinal).Where(g => g.Count() > 1))
            Problem($"the channels {string.Join(" and ", group.Select(c => $"'{c.Name}'{In(c)}"))}", $"have the same {what}; {fix}");
    }

    // Events are sent to the subscribers of a topic on every channel. If two channels declared different types for one topic, subscribers would receive events of
    // the wrong type.
    private void CheckTopicTypes()
    {
        var declarations = app.Channels
            .SelectMany(channel => channel.Topics, (channel, topic) => (Channel: channel.Name, topic.Name, topic.Payload))
            .Where(topic => !string.IsNullOrWhiteSpace(topic.Name) && !TopicType.IsUntyped(topic.Payload));
        foreach (var topic in declarations.GroupBy(topic => topic.Name, StringComparer.Ordinal))
        {
            var types = topic.DistinctBy(declaration => declaration.Payload).ToArray();
            if (types.Length > 1)
                Problem($"the topic '{topic.Key}'", $"is declared as {string.Join(" and as ", types.Select(type => $"{type.Payload} by channel '{type.Channel}'"))}; use one type, or two topic names");
        }
    }

    private static string In(ChannelDefinition channel) => channel.Place.Length > 0 ? $" ({channel.Place})" : "";

    private void CheckOnce(string place, IEnumerable<string> names, string what)
    {
        foreach (var twice in names.GroupBy(name => name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            Problem(place, $"{what} '{twice.Key}' {twice.Count()} times; remove the duplicates");
    }

    private void CheckRoute(ChannelDefinition channel)
    {
        try
        {
            RoutePatternFactory.Parse(channel.Route);
        }
        catch (RoutePatternException e)
        {
            Problem($"channel '{channel.Name}'", $"has the route '{channel.Route}', which is not a valid route pattern: {e.Message}");
        }
    }

    private void CheckFunction(FunctionDescriptor function, string place, ChannelDefinition channel)
    {
        if (string.IsNullOrWhiteSpace(function.Name))
            Problem(place, "uses a function without a name; give the function a name");
        if (!_functions.TryAdd(function.Name, (function, channel)) && _functions[function.Name] is var known && !IsSame(known.Function, function))
            Problem($"{place}{In(channel)}", $"uses a function named '{function.Name}', but another function{OfOther(known.Channel, channel)} has the same name; rename one of them, or share one declaration");
        foreach (var scope in function.Scopes.Where(s => !app.Scopes.Contains(s)))
            Problem($"the function '{function.Name}'", $"requires the scope '{scope}', which is not declared; declare it with AddScopes(\"{scope}\")");
    }

    private static string OfOther(ChannelDefinition other, ChannelDefinition channel) => ReferenceEquals(other, channel) ? "" : $" of channel '{other.Name}'{In(other)}";

    // A function class is described by its attributes, so all descriptors of the same class are equal.
    private static bool IsSame(FunctionDescriptor one, FunctionDescriptor other) =>
        ReferenceEquals(one, other) || (one.Class is not null && one.Class == other.Class);

    private void CheckPermission(PikkuPermission permission, Type inputType, string place)
    {
        if (permission.DataType is { } data && data != typeof(JsonElement) && !data.IsAssignableFrom(inputType))
            Problem(place, $"has the permission '{permission.Name}', which expects {data}, but the input is {inputType}; use that type, a base type, or JsonElement");
    }

    // For types that are received from clients, or stored as JSON and read again.
    private bool CheckReadable(Type type, string what)
    {
        if (!CheckSerialisable(type, what))
            return false;
        try
        {
            input.Rules.DemandReadable(type);
            return true;
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            Problem(what, $"is {type}, which cannot be deserialized: {e.Message}");
            return false;
        }
    }

    private bool CheckSerialisable(Type type, string what)
    {
        try
        {
            // Reading the properties throws for members without a converter. Exporting the schema also finds members whose converter always throws. A schema
            // cannot be exported when references are preserved.
            _ = json.GetTypeInfo(type).Properties;
            if (json.ReferenceHandler is null)
                json.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions { TransformSchemaNode = (context, schema) => Refuse(context, schema) });
            return true;
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            Problem(what, $"is {type}, which cannot be serialized: {e.Message}");
            return false;
        }
    }

    private static JsonNode Refuse(JsonSchemaExporterContext context, JsonNode schema) =>
        schema is JsonObject { Count: > 0 } node && node["not"] is JsonValue not && not.TryGetValue(out bool nothing) && nothing
            ? throw new NotSupportedException($"'{context.TypeInfo.Type}' has no JSON representation")
            : schema;

    [GeneratedRegex(@"(?<!\{)\{(\*{0,2})\w+")]
    private static partial Regex ParameterName();

    [GeneratedRegex(@"^([^{}]|\{\w+\})+$")]
    private static partial Regex TopicPattern();

    private void Problem(string place, string problem) => _problems.Add($"{place} {problem}.");

    private sealed class RunnerFactory(
        FunctionDescriptor function, InputOptions input, InputMode mode, PermissionCheck permissions, JsonSerializerOptions json, string place,
        List<string> problems)
        : IFunctionBodyVisitor<FunctionRunner?>
    {
        public FunctionRunner? Visit<TIn, TOut>(FunctionBody<TIn, TOut> body)
        {
            try
            {
                return new TypedFunctionRunner<TIn, TOut>(function, body, new InputReader<TIn>(input), mode, permissions, json);
            }
            catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
            {
                problems.Add($"{place} cannot be compiled: {e.Message}.");
                return null;
            }
        }
    }
}
