using System.Text.Json;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions;
using Pikku.Akka.Functions.Input;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>Validates the wiring of the application and compiles it to <see cref="CompiledChannel"/>s. Collects every problem before it fails (A6).</summary>
internal sealed class WiringCompiler
{
    private readonly PikkuBuilder _app;
    private readonly IServiceProviderIsService? _services;
    private readonly InputOptions _input;
    private readonly JsonSerializerOptions _json;
    private readonly WiringReport _report = new();
    private readonly JsonTypeCheck _types;
    private readonly GateCompiler _gates;
    private readonly FunctionCompiler _functions;
    private readonly SubscriptionCompiler _subscriptions;
    private readonly ApplicationCheck _application;

    /// <param name="app">The wiring.</param>
    /// <param name="services">Tells which types of parameters are services. If it is null, every interface counts as a service.</param>
    /// <param name="input">The options for reading input.</param>
    /// <param name="json">The options for JSON.</param>
    public WiringCompiler(PikkuBuilder app, IServiceProviderIsService? services, InputOptions input, JsonSerializerOptions json)
    {
        (_app, _services, _input, _json) = (app, services, input, json);
        _types = new JsonTypeCheck(input, json, _report);
        _gates = new GateCompiler(app, services, _report);
        _functions = new FunctionCompiler(services, _gates, _types, input, json, _report);
        _subscriptions = new SubscriptionCompiler(_functions, _gates, _types, input, json, _report);
        _application = new ApplicationCheck(app, _report);
    }

    /// <summary>The warnings about wiring that has no effect, each with a hint.</summary>
    public IReadOnlyList<string> Warnings => _report.Warnings;

    /// <exception cref="PikkuWiringException">The wiring is invalid.</exception>
    public IReadOnlyList<CompiledChannel> Compile()
    {
        CheckGlobals();
        _application.CheckChannels();
        _subscriptions.CheckHistories(_app.Channels);
        var channels = _app.Channels.Select(Compile).ToArray();
        _application.WarnOfUnusedTags(_functions.Functions);
        _report.ThrowIfInvalid();
        return channels;
    }

    private CompiledChannel Compile(ChannelDefinition channel)
    {
        if (string.IsNullOrWhiteSpace(channel.Name))
            _report.Problem("a channel", "has no name; give the channel a name");
        _report.Problems(channel.Problems);
        CheckRoute(channel);
        if (channel.OpeningData is { } opening)
            CheckOpening(channel, opening);

        var place = $"channel '{channel.Name}'";
        _gates.CheckScopes(channel.Gates.Scopes, place);
        var permissions = _gates.Bind(channel.Gates.Permissions, new PermissionPlace(null, channel.OpeningData), place);
        if (channel.PermissionLifetime is { } lifetime && (lifetime <= TimeSpan.Zero || permissions.Length == 0))
            _report.Problem(place, lifetime <= TimeSpan.Zero ? $"calls CacheFor with {lifetime}; pass a time above zero, or remove the call" : "calls CacheFor but has no permissions; call RequirePermission, or remove CacheFor");

        var scope = new ChannelScope(channel, permissions);
        var actions = new List<BoundAction>();
        var routes = new RoutingTable.Builder(JsonDepth.Of(_json));
        foreach (var (key, values) in channel.Actions)
            CompileKey(scope, key, values, actions, routes);
        BoundAction[] reserved = [RenewalRunner.NewAction()];
        foreach (var (index, action) in reserved.Index())
            routes.AddReserved(action.Name!, actions.Count + index);
        var topics = _subscriptions.Topics(channel);
        var subscriptions = _subscriptions.Subscriptions(scope, actions.Count + reserved.Length, routes);

        return new CompiledChannel
        {
            Name = channel.Name,
            Route = channel.Route,
            Auth = GateCompiler.IsSessionRequired(channel),
            Permission = permissions.Length == 0 ? null : new EndpointPermission(permissions, channel.PermissionLifetime ?? TimeSpan.Zero),
            HasEventStreams = channel.IsEvents,
            Conventions = channel.Conventions,
            FinalConventions = channel.FinalConventions,
            Tags = channel.Gates.Tags,
            OpeningData = channel.OpeningData,
            Subscriptions = subscriptions,
            Routes = routes.Build(),
            Actions = [.. actions],
            Reserved = reserved,
            OnConnect = WithJoins(channel, Lifecycle(scope, channel.OnConnect, "onConnect")),
            OnDisconnect = Lifecycle(scope, channel.OnDisconnect, "onDisconnect"),
            OnMessage = Default(scope),
            OnBinaryMessage = Binary(scope),
            Topics = topics,
            Messages = Messages(channel),
            Remotes = Remotes(channel),
            ChannelMiddleware = _gates.ChannelMiddlewareOf(channel),
        };
    }

    private void CompileKey(
        ChannelScope scope, string key, List<(string Value, ActionDefinition Action)> values, List<BoundAction> actions,
        RoutingTable.Builder routes)
    {
        var place = $"channel '{scope.Channel.Name}'";
        if (string.IsNullOrEmpty(key))
            _report.Problem(place, "has an empty routing key; pass the name of the property that contains the action");
        if (key is "data" or "id")
            _report.Problem(place, $"uses the routing key '{key}', which is reserved for the envelope; choose another one");
        if (values.Count == 0)
            _report.Problem(place, $"has no actions for the routing key '{key}'; add an action or remove the routing key");
        _report.CheckOnce(place, values.Select(v => $"{key}:{v.Value}"), "wires");

        foreach (var (value, definition) in values.DistinctBy(v => v.Value, StringComparer.Ordinal))
        {
            if (string.IsNullOrEmpty(value))
                _report.Problem(place, $"wires an action with an empty value of '{key}'; give the action a name");
            if (value.StartsWith(ReservedActions.Prefix, StringComparison.Ordinal))
            {
                _report.Problem(place, $"wires '{key}:{value}', but names that begin with '{ReservedActions.Prefix}' are reserved; choose another one");
                continue;
            }

            if (_functions.Bind(scope, definition, $"route '{key}:{value}'", InputMode.Json, FunctionKind.Action, (key, value)) is not { } action)
                continue;
            routes.Add(key, value, actions.Count, action.Runner.DeclaresData);
            actions.Add(action);
        }
    }

    private BoundAction? Lifecycle(ChannelScope scope, ActionDefinition? definition, string label)
    {
        if (definition is null)
            return null;
        var channel = scope.Channel;
        // H2: lifecycle functions run the global middleware, that of the channel's tags and their own, but not that of the channel's actions. Only the
        // permissions and scopes of the function itself apply (D1).
        var bound = _functions.Bind(scope, definition, label, InputMode.Opening, FunctionKind.Lifecycle);
        if (bound is { Runner.Input: var type } && type != typeof(NoData) && type != channel.OpeningData)
            _report.Problem($"{label} of channel '{channel.Name}'", $"has an input of type {type}, but the channel's opening data is {channel.OpeningData?.ToString() ?? "not declared"}; declare it with Route<{type.Name}>(…)");
        return bound;
    }

    private BoundAction? WithJoins(ChannelDefinition channel, BoundAction? onConnect)
    {
        if (_subscriptions.Joins(channel) is not { Count: > 0 } joins)
            return onConnect;
        return new BoundAction
        {
            Function = onConnect?.Function ?? FunctionDescriptor.FromDelegate($"{channel.Name}:onConnect", () => { }) with { ReadOnly = true },
            Runner = new ConnectRunner(onConnect?.Runner, joins),
            Mode = InputMode.Opening,
            Label = "onConnect",
            Auth = false,
            Permissions = onConnect?.Permissions ?? PermissionCheck.None,
            Middleware = onConnect?.Middleware ?? [],
        };
    }

    private BoundAction? Default(ChannelScope scope)
    {
        if (scope.Channel.OnMessage is not { } definition)
            return null;
        var mode = _functions.TryBindBody(scope.Channel, definition.Function, FunctionKind.AnyMessage)?.Input == typeof(string) ? InputMode.RawText : InputMode.Json;
        return _functions.Bind(scope, definition, "the default message route", mode, FunctionKind.AnyMessage);
    }

    private BoundAction? Binary(ChannelScope scope)
    {
        var channel = scope.Channel;
        if (channel.OnBinaryMessage is not { } definition)
            return null;
        var body = _functions.TryBindBody(channel, definition.Function, FunctionKind.Binary);
        if (body is not null && body.Input != typeof(ReadOnlyMemory<byte>) && body.Input != typeof(byte[]))
            _report.Problem($"the binary handler of channel '{channel.Name}'", $"has an input of type {body.Input}; the input must be ReadOnlyMemory<byte> or byte[]");
        if (body is not null && !IsBinaryOrNothing(body.Output))
            _report.Problem($"the binary handler of channel '{channel.Name}'", $"returns {body.Output}; the result must be byte[], ReadOnlyMemory<byte> or nothing");
        return _functions.Bind(scope, definition, "the binary message route", InputMode.Binary, FunctionKind.Binary);
    }

    private List<MessageDeclaration> Messages(ChannelDefinition channel)
    {
        var place = $"channel '{channel.Name}'";
        foreach (var (type, name) in channel.Messages)
        {
            _types.CheckSerializable(type, $"a message that channel '{channel.Name}' sends");
            if (name is not null && string.IsNullOrWhiteSpace(name))
                _report.Problem(place, $"declares the message {type} with a blank name; give it a name, or none");
            if (name is not null && !MessageDeclaration.HasName(type))
                _report.Problem(place, $"declares the message {type} with the name '{name}', but its messages are sent without a name; remove the name, or declare a type of your own");
        }

        foreach (var same in channel.Messages.Where(message => message.Name is not null).GroupBy(message => message.Name).Where(group => group.Distinct().Count() > 1))
            _report.Problem(place, $"declares the messages {string.Join(" and ", same.Distinct().Select(message => message.Type))} with the same name '{same.Key}'; give one of them another name: AddClientMessage<T>(\"name\")");
        return channel.Messages;
    }

    private List<RemoteDeclaration> Remotes(ChannelDefinition channel)
    {
        var place = $"channel '{channel.Name}'";
        foreach (var remote in channel.Remotes)
        {
            if (string.IsNullOrWhiteSpace(remote.Name))
                _report.Problem(place, "declares a client function without a name; give the function the name that the server calls");
            if (remote.Input != typeof(NoData))
                _types.CheckSerializable(remote.Input, $"the input of the client function '{remote.Name}' of {place}");
            if (remote.Output != typeof(NoData))
                _types.CheckReadable(remote.Output, $"the result of the client function '{remote.Name}' of {place}");
        }

        _report.CheckOnce(place, channel.Remotes.Select(remote => remote.Name), "declares the client function");
        return channel.Remotes;
    }

    private static bool IsBinaryOrNothing(Type type) =>
        type == typeof(NoData) || BinaryValue.IsBinary(Nullable.GetUnderlyingType(type) ?? type);

    private void CheckGlobals()
    {
        _report.Problems(_app.Conflicts.Select(conflict => $"{conflict}."));
        _gates.BindGlobal();
        // Sessions are sent to other nodes as JSON, and the session of a token is merged with the stored session as JSON.
        if (_app.SessionType is { IsAbstract: false } session)
            _types.CheckReadable(session, "the session");
        if (_app.SessionCachePlace is { } cache)
            CheckSessionCache($"UseDistributedCacheSessionStore in {cache}");
    }

    private void CheckSessionCache(string place)
    {
        if (_services?.IsService(typeof(IDistributedCache)) == false)
            _report.Problem(place, "needs an IDistributedCache, which is not registered; call services.AddStackExchangeRedisCache(…) or the method of another cache, or AddDistributedMemoryCache() for a single node");
        var isOwn = _app.Services.Any(service => service.ServiceType == typeof(IPikkuSessionStore)
            && service.ImplementationFactory?.Method.Module.Assembly != typeof(PikkuBuilder).Assembly);
        if (isOwn)
            _report.Problem(place, "has no effect, because the application registers its own IPikkuSessionStore; remove one of the two");
    }

    private void CheckOpening(ChannelDefinition channel, Type opening)
    {
        var place = $"the opening data of channel '{channel.Name}'";
        if (_types.CheckReadable(opening, place) && new InputShape(opening, _input.OpeningData).Declares(OpeningDataBinder.TokenParameter))
            _report.Problem(place, $"has the property '{OpeningDataBinder.TokenParameter}', which is reserved for the token of the connection; rename the property");
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
            _report.Problem($"channel '{channel.Name}'", $"has the route '{channel.Route}', which is not a valid route pattern: {e.Message}");
        }
    }
}
