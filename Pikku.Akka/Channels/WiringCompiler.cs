using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Validates the wiring of the application and compiles it to <see cref="CompiledChannel"/>s. Collects every problem before it fails (A6).</summary>
/// <param name="app">The wiring.</param>
/// <param name="services">Tells which types of parameters are services. If it is null, every interface counts as a service.</param>
/// <param name="input">The options for reading input.</param>
/// <param name="json">The options for JSON.</param>
internal sealed partial class WiringCompiler(PikkuBuilder app, IServiceProviderIsService? services, InputOptions input, JsonSerializerOptions json)
{
    private readonly FunctionBinder _binder = new(services);
    private readonly PermissionBinder _permissionBinder = new(services);
    private readonly List<string> _problems = [];
    private readonly List<string> _warnings = [];
    private BoundPermission[] _global = [];
    private BoundPermission[] _channelPermissions = []; // of the channel that is being compiled
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
        Topics().CheckHistories(app.Channels.SelectMany(channel => channel.Topics, (channel, topic) => (channel.Name, topic)));
        CheckMessageNames();
        var channels = app.Channels.Select(Compile).ToArray();
        WarnOfUnusedTags();
        return _problems.Count == 0 ? channels : throw new PikkuWiringException([.. _problems.Distinct()]);
    }

    private CompiledChannel Compile(ChannelDefinition channel)
    {
        if (string.IsNullOrWhiteSpace(channel.Name))
            Problem("a channel", "has no name; give the channel a name");
        _problems.AddRange(channel.Problems);
        CheckRoute(channel);
        if (channel.OpeningData is { } opening)
            CheckOpening(channel, opening);

        var place = $"channel '{channel.Name}'";
        CheckScopes(channel.Gates.Scopes, place);
        _channelPermissions = BindPermissions(channel.Gates.Permissions, new PermissionPlace(null, channel.OpeningData), place);

        if (channel.PermissionLifetime is { } lifetime && (lifetime <= TimeSpan.Zero || _channelPermissions.Length == 0))
            Problem(place, lifetime <= TimeSpan.Zero ? $"calls CacheFor with {lifetime}; pass a time above zero, or remove the call" : "calls CacheFor but has no permissions; call RequirePermission, or remove CacheFor");

        var actions = new List<BoundAction>();
        var routes = new RoutingTable.Builder(JsonDepth.Of(json));
        foreach (var (key, values) in channel.Actions)
            CompileKey(channel, key, values, actions, routes);
        BoundAction[] reserved = [RenewalRunner.NewAction()];
        foreach (var (index, action) in reserved.Index())
            routes.AddReserved(action.Name!, actions.Count + index);
        var topics = Topics(channel);
        var subscriptions = Subscriptions(channel, actions.Count + reserved.Length, routes);

        return new CompiledChannel
        {
            Name = channel.Name,
            Route = channel.Route,
            Auth = IsSessionRequired(channel),
            Permission = _channelPermissions.Length == 0 ? null : new EndpointPermission(_channelPermissions, channel.PermissionLifetime ?? TimeSpan.Zero),
            HasEventStreams = channel.IsEvents,
            Conventions = channel.Conventions,
            FinalConventions = channel.FinalConventions,
            Tags = channel.Gates.Tags,
            OpeningData = channel.OpeningData,
            Subscriptions = subscriptions,
            Routes = routes.Build(),
            Actions = [.. actions],
            Reserved = reserved,
            OnConnect = WithJoins(channel, Lifecycle(channel, channel.OnConnect, "onConnect")),
            OnDisconnect = Lifecycle(channel, channel.OnDisconnect, "onDisconnect"),
            OnMessage = Default(channel),
            OnBinaryMessage = Binary(channel),
            Topics = topics,
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

            if (Bind(channel, definition, $"route '{key}:{value}'", InputMode.Json, FunctionKind.Action, (key, value)) is not { } action)
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
        var bound = Bind(channel, definition, label, InputMode.Opening, FunctionKind.Lifecycle);
        if (bound is { Runner.Input: var type } && type != typeof(NoData) && type != channel.OpeningData)
            Problem($"{label} of channel '{channel.Name}'", $"has an input of type {type}, but the channel's opening data is {channel.OpeningData?.ToString() ?? "not declared"}; declare it with Route<{type.Name}>(…)");
        return bound;
    }

    private BoundAction? Default(ChannelDefinition channel)
    {
        if (channel.OnMessage is not { } definition)
            return null;
        var mode = TryBindBody(channel, definition.Function, FunctionKind.AnyMessage)?.Input == typeof(string) ? InputMode.RawText : InputMode.Json;
        return Bind(channel, definition, "the default message route", mode, FunctionKind.AnyMessage);
    }

    private BoundAction? Binary(ChannelDefinition channel)
    {
        if (channel.OnBinaryMessage is not { } definition)
            return null;
        var body = TryBindBody(channel, definition.Function, FunctionKind.Binary);
        if (body is not null && body.Input != typeof(ReadOnlyMemory<byte>) && body.Input != typeof(byte[]))
            Problem($"the binary handler of channel '{channel.Name}'", $"has an input of type {body.Input}; the input must be ReadOnlyMemory<byte> or byte[]");
        if (body is not null && !IsBinaryOrNothing(body.Output))
            Problem($"the binary handler of channel '{channel.Name}'", $"returns {body.Output}; the result must be byte[], ReadOnlyMemory<byte> or nothing");
        return Bind(channel, definition, "the binary message route", InputMode.Binary, FunctionKind.Binary);
    }

    private List<TopicDeclaration> Topics(ChannelDefinition channel)
    {
        var place = $"channel '{channel.Name}'";
        Topics().Check(place, channel.Topics);
        foreach (var topic in channel.Topics)
        {
            CheckSerialisable(topic.Payload, $"the payload of topic '{topic.Name}' of {place}");
            if (!topic.AllowsSubscribe && topic.Gates is { Permissions.Count: > 0 } or { Scopes.Count: > 0 } or { Middleware.Count: > 0 } or { RequiresSession: not null })
                _warnings.Add($"The gates of the topic '{topic.Name}' of {place} have no effect, because clients can't subscribe to it; call AllowSubscribe().");
        }

        CheckOnce(place, channel.Topics.Select(topic => topic.Name), "declares the topic");
        return channel.Topics;
    }

    private SubscriptionRoutes? Subscriptions(ChannelDefinition channel, int first, RoutingTable.Builder routes)
    {
        var topics = channel.Topics.Where(topic => topic is { AllowsSubscribe: true, Problem: null })
            .DistinctBy(topic => topic.Name, StringComparer.Ordinal).Select(topic => Subscribable(channel, topic)).OfType<CompiledTopic>().ToArray();
        if (topics.Length == 0)
        {
            if (channel.IsEvents)
                Problem($"channel '{channel.Name}'{In(channel)}", "is wired with WireEvents and has no valid topic; add one with AddTopic");
            return null;
        }

        routes.AddReserved(SubscriptionProtocol.Subscribe, first).AddReserved(SubscriptionProtocol.Unsubscribe, first + 1);
        if (channel.IsEvents && HasFreeNames(channel))
            routes.Add(SubscriptionProtocol.Key, SubscriptionProtocol.RealtimeSubscribe, first + 2)
                .Add(SubscriptionProtocol.Key, SubscriptionProtocol.RealtimeUnsubscribe, first + 3);
        var unsubscribe = FunctionDescriptor.FromDelegate($"{channel.Name}:{SubscriptionProtocol.Unsubscribe}", () => { }) with { ReadOnly = true };
        var nothing = new PermissionCheck([], [], []);
        var label = $"route '{SubscriptionProtocol.Key}:{SubscriptionProtocol.Unsubscribe}'";
        return new SubscriptionRoutes(
            topics,
            new BoundAction
            {
                Function = unsubscribe,
                Runner = _binder.Bind(unsubscribe, new FunctionPlace(FunctionKind.Action, null))
                    .Accept(new RunnerFactory(unsubscribe, input, InputMode.Json, nothing, json, label, _problems))!,
                Mode = InputMode.Json,
                Label = label,
                RoutingKey = SubscriptionProtocol.Key,
                Name = SubscriptionProtocol.Unsubscribe,
                Auth = false,
                Permissions = nothing,
                Middleware = [],
            },
            first);
    }

    // Another module may have added actions with ConfigureChannel.
    private bool HasFreeNames(ChannelDefinition channel)
    {
        var actions = channel.Actions.TryGetValue(SubscriptionProtocol.Key, out var values) ? values : [];
        var taken = actions.FindAll(action => action.Value is SubscriptionProtocol.RealtimeSubscribe or SubscriptionProtocol.RealtimeUnsubscribe);
        foreach (var (value, _) in taken)
            Problem($"channel '{channel.Name}'{In(channel)}", $"maps the action '{value}', which WireEvents provides; choose another name");
        return taken.Count == 0;
    }

    private CompiledTopic? Subscribable(ChannelDefinition channel, TopicDeclaration topic)
    {
        var place = $"the topic '{topic.Name}' of channel '{channel.Name}'";
        CheckScopes(topic.Gates.Scopes, place);
        var own = BindPermissions(topic.Gates.Permissions, new PermissionPlace(null, channel.OpeningData, topic.Key == typeof(NoData) ? null : topic.Key), place);
        var permissions = new PermissionCheck(_global, _channelPermissions, own);
        var requiresSession = topic.Gates.RequiresSession ?? IsSessionRequired(channel);
        string[] scopes = [.. channel.Gates.Scopes.Concat(topic.Gates.Scopes).Distinct(StringComparer.Ordinal)];
        TopicRunner runner;
        try
        {
            runner = Topics().CreateRunner(topic, requiresSession, scopes, permissions);
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
        {
            return null; // TopicCompiler.Check reports it
        }

        return new CompiledTopic
        {
            Name = topic.Name,
            Template = topic.Template,
            Type = Topics().TypeOf(topic),
            Snapshot = topic.Snapshot is { } snapshot ? SnapshotOf(channel, topic, snapshot) : null,
            Keyed = topic.Keyed,
            JoinOnSubscribe = topic.Keyed?.JoinOnSubscribe is { } join ? InfoOf(channel, topic, join) : null,
            Runner = runner,
            Action = new BoundAction
            {
                Function = FunctionDescriptor.FromDelegate($"{channel.Name}:topic:{topic.Name}", () => { }) with { ReadOnly = true, Scopes = scopes, Tags = topic.Gates.Tags },
                Runner = runner,
                Mode = InputMode.TopicKey,
                Label = $"topic '{topic.Name}'",
                RoutingKey = SubscriptionProtocol.Key,
                Name = SubscriptionProtocol.Subscribe,
                Auth = requiresSession,
                Permissions = permissions,
                Middleware = MiddlewareChain.Compose(
                    app.GlobalMiddleware, TagsOf(channel), channel.Gates.Middleware, topic.Gates.Tags.SelectMany(MiddlewareOf), topic.Gates.Middleware),
            },
        };
    }

    // A snapshot is a function whose data is the key. The topic has asked its own gates and those of the channel before, so these are only those of the function.
    private CompiledSnapshot? SnapshotOf(ChannelDefinition channel, TopicDeclaration topic, FunctionDescriptor function)
    {
        var place = $"the snapshot of the topic '{topic.Name}' of channel '{channel.Name}'";
        if (function.Class is not null)
            CheckFunction(function, place, channel);
        CheckScopes(function.Scopes, place);
        FunctionBody body;
        try
        {
            // The key may have the type of the opening data. A parameter of this type is the key then.
            body = _binder.Bind(function, new FunctionPlace(FunctionKind.Snapshot, channel.OpeningData == topic.Key ? null : channel.OpeningData));
        }
        catch (FunctionBindingException e)
        {
            Problem(place, $"cannot be called: {e.Message}");
            return null;
        }

        if (body.Input != typeof(NoData) && body.Input != topic.Key)
        {
            var key = topic.Key == typeof(NoData) ? "the topic has no key" : $"the key of the topic is {topic.Key}";
            Problem(place, $"has an input of type {body.Input}, but {key}; use the key as the parameter, and register services");
            return null;
        }

        if (body.Output == typeof(NoData) || StreamBody.ItemOf(body.Output) is not null)
        {
            Problem(place, $"returns {(body.Output == typeof(NoData) ? "nothing" : body.Output)}; return the state as one value");
            return null;
        }

        CheckSerialisable(body.Output, $"the result of {place}");
        var permissions = new PermissionCheck([], [], BindPermissions(function.Permissions, new PermissionPlace(null, channel.OpeningData, topic.Key), place));
        function = function with
        {
            RequiresSession = function.RequiresSession || function.Method?.GetParameters().Any(SuppliedParameters.NeedsSession) == true,
            ReadOnly = true,
        };
        var runner = body.Accept(new RunnerFactory(function, input, InputMode.TopicKey, permissions, json, place, _problems));
        return runner is null ? null : new CompiledSnapshot(runner, permissions);
    }

    private PresenceInfo? InfoOf(ChannelDefinition channel, TopicDeclaration topic, FunctionDescriptor function)
    {
        var place = $"the join of the topic '{topic.Name}' of channel '{channel.Name}'";
        try
        {
            // The key may have the type of the opening data. A parameter of this type is the key then.
            var body = _binder.Bind(function, new FunctionPlace(FunctionKind.Snapshot, channel.OpeningData == topic.Key ? null : channel.OpeningData));
            if (body.Input != typeof(NoData) && body.Input != topic.Key)
                Problem(place, $"has an input of type {body.Input}; use the key of the topic ({topic.Key}) as the parameter, and register services");
            else if (body.Output != topic.Keyed!.Value)
                Problem(place, $"returns {body.Output}, but the info of the topic is {topic.Keyed.Value}; return that");
            else
                return PresenceInfo.Of(body, json);
        }
        catch (FunctionBindingException e)
        {
            Problem(place, $"cannot be called: {e.Message}");
        }

        return null;
    }

    private BoundAction? WithJoins(ChannelDefinition channel, BoundAction? onConnect)
    {
        var joins = new List<PresenceJoin>();
        foreach (var topic in channel.Topics.Where(topic => topic is { Keyed.JoinOnConnect: not null, Problem: null }))
        {
            if (topic.Key != typeof(NoData) && topic.Key != channel.OpeningData)
                Problem($"the topic '{topic.Name}' of channel '{channel.Name}'", $"joins connections, but the opening data of the channel is not its key {topic.Key}; declare it with Route<{topic.Key.Name}>(…), or use JoinOnSubscribe");
            else if (InfoOf(channel, topic, topic.Keyed!.JoinOnConnect!) is { } info)
                joins.Add(new PresenceJoin(TopicCompiler.NameOf(topic), info));
        }

        if (joins.Count == 0)
            return onConnect;
        var runner = new ConnectRunner(onConnect?.Runner, joins);
        return new BoundAction
        {
            Function = onConnect?.Function ?? FunctionDescriptor.FromDelegate($"{channel.Name}:onConnect", () => { }) with { ReadOnly = true },
            Runner = runner,
            Mode = InputMode.Opening,
            Label = "onConnect",
            Auth = false,
            Permissions = onConnect?.Permissions ?? new PermissionCheck([], [], []),
            Middleware = onConnect?.Middleware ?? [],
        };
    }

    private TopicCompiler Topics() => new(input, json, Problem);

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
        ChannelDefinition channel, ActionDefinition definition, string label, InputMode mode, FunctionKind kind, (string Key, string Value)? route = null)
    {
        var (function, gates, isLifecycle) = (definition.Function, definition.Gates, kind == FunctionKind.Lifecycle);
        var place = $"{label} of channel '{channel.Name}'";
        CheckFunction(function, place, channel);
        CheckScopes(gates.Scopes, place);
        FunctionBody body;
        try
        {
            body = _binder.Bind(function, new FunctionPlace(kind, channel.OpeningData));
        }
        catch (FunctionBindingException e)
        {
            Problem(place, $"cannot be called: {e.Message}");
            return null;
        }

        if (mode == InputMode.Json && body.Input != typeof(NoData))
            CheckSerialisable(body.Input, $"the input of {place}");
        var item = StreamBody.ItemOf(body.Output);
        if (item is not null && mode is InputMode.Binary or InputMode.Opening)
            Problem(place, $"returns {body.Output}, but only the reply to an action or to onMessage can be a stream; return a single value, or send several with IPikkuChannel.SendAsync");
        else if (item is not null)
            CheckSerialisable(item, $"an item of the stream of {place}");
        else if (mode != InputMode.Binary && body.Output != typeof(NoData))
            CheckSerialisable(body.Output, $"the result of {place}");

        // A lifecycle function has the gates of itself and of its wiring, but not those of the channel's messages (D1).
        var own = BindPermissions(gates.Permissions.Concat(function.Permissions), new PermissionPlace(body.Input, channel.OpeningData), place);
        var permissions = new PermissionCheck(_global, isLifecycle ? [] : _channelPermissions, own);
        function = function with
        {
            RequiresSession = function.RequiresSession || (isLifecycle && gates.RequiresSession == true)
                || function.Method?.GetParameters().Any(SuppliedParameters.NeedsSession) == true,
            Scopes = [.. (isLifecycle ? [] : channel.Gates.Scopes).Concat(gates.Scopes).Concat(function.Scopes).Distinct(StringComparer.Ordinal)],
            Tags = [.. gates.Tags.Concat(function.Tags).Distinct(StringComparer.Ordinal)],
        };
        var runner = body.Accept(new RunnerFactory(function, input, mode, permissions, json, place, _problems));
        return runner is null ? null : new BoundAction
        {
            Function = function,
            Runner = runner,
            Mode = mode,
            Label = label,
            RoutingKey = route?.Key,
            Name = route?.Value,
            IsStream = runner.IsStream,
            Permissions = permissions,
            Auth = !isLifecycle && (gates.RequiresSession ?? IsSessionRequired(channel)),
            Middleware = isLifecycle
                ? MiddlewareChain.Compose(app.GlobalMiddleware, TagsOf(channel), gates.Middleware)
                : MiddlewareChain.Compose(
                    app.GlobalMiddleware, TagsOf(channel), channel.Gates.Middleware, gates.Middleware,
                    function.Tags.SelectMany(MiddlewareOf), function.Middleware),
        };
    }

    // D1: a channel needs a session unless it says otherwise.
    private static bool IsSessionRequired(ChannelDefinition channel) => channel.Gates.RequiresSession ?? true;

    private BoundPermission[] BindPermissions(IEnumerable<PikkuPermission> permissions, PermissionPlace data, string place)
    {
        var bound = new List<BoundPermission>();
        foreach (var permission in permissions)
        {
            try
            {
                bound.Add(_permissionBinder.Bind(permission, data));
            }
            catch (FunctionBindingException e)
            {
                Problem(place, $"has a permission that cannot be asked: {e.Message.TrimEnd('.')}");
            }
        }

        return [.. bound];
    }

    private IEnumerable<PikkuMiddleware> TagsOf(ChannelDefinition channel) => NamesOf(channel).SelectMany(MiddlewareOf);

    private IEnumerable<PikkuMiddleware> MiddlewareOf(string tag) => app.TagMiddleware.GetValueOrDefault(tag) ?? [];

    private PikkuChannelMiddlewareDelegate[] ChannelMiddlewareOf(ChannelDefinition channel) =>
        [.. NamesOf(channel).SelectMany(tag => app.TagChannelMiddleware.GetValueOrDefault(tag) ?? []).Concat(channel.ChannelMiddleware).Distinct()];

    // The name of a channel counts as a tag, so that middleware can be added to a channel that has no tags.
    private static IEnumerable<string> NamesOf(ChannelDefinition channel) => channel.Gates.Tags.Append(channel.Name).Distinct(StringComparer.Ordinal);

    private FunctionBody? TryBindBody(ChannelDefinition channel, FunctionDescriptor function, FunctionKind kind)
    {
        try
        {
            return _binder.Bind(function, new FunctionPlace(kind, channel.OpeningData));
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
        var ofBoth = ofChannels.Concat(_functions.Values.SelectMany(known => known.Function.Tags))
            .Concat(app.Channels.SelectMany(channel => channel.AllActions).SelectMany(action => action.Gates.Tags))
            .Concat(app.Channels.SelectMany(channel => channel.Topics).SelectMany(topic => topic.Gates.Tags)).ToHashSet(StringComparer.Ordinal);
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
        // A global permission is asked before every function, so its data is that of any function.
        _global = BindPermissions(app.GlobalPermissions, new PermissionPlace(typeof(object), null), "the application");
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
            .Where(topic => !string.IsNullOrWhiteSpace(topic.Name) && !ScalarTypes.IsUntyped(topic.Payload));
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
            if (channel.IsEvents)
                RoutePatternFactory.Parse(CompiledChannel.EventStreamRouteOf(channel.Route));
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
        if (!_functions.TryAdd(function.Name, (function, channel)) && _functions[function.Name] is var known && !known.Function.HasCodeOf(function))
            Problem($"{place}{In(channel)}", $"uses a function named '{function.Name}', but another function{OfOther(known.Channel, channel)} has the same name; rename one of them, or share one declaration");
        CheckScopes(function.Scopes, $"the function '{function.Name}'");
    }

    private static string OfOther(ChannelDefinition other, ChannelDefinition channel) => ReferenceEquals(other, channel) ? "" : $" of channel '{other.Name}'{In(other)}";

    private void CheckScopes(IEnumerable<string> scopes, string place)
    {
        foreach (var scope in scopes.Where(s => !app.Scopes.Contains(s)))
            Problem(place, $"requires the scope '{scope}', which is not declared; declare it with AddScopes(\"{scope}\")");
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
                var reader = new InputReader<TIn>(input);
                return StreamBody.ItemOf(typeof(TOut)) is { } item
                    ? new FunctionRunner<TIn, NoData>(function, StreamBody.Of(body, item), reader, mode, permissions, json, item)
                    : new FunctionRunner<TIn, TOut>(function, body, reader, mode, permissions, json);
            }
            catch (Exception e) when (e is NotSupportedException or InvalidOperationException or ArgumentException)
            {
                problems.Add($"{place} cannot be compiled: {e.Message}.");
                return null;
            }
        }
    }
}
