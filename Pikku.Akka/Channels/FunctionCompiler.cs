using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions;
using Pikku.Akka.Functions.Input;

namespace Pikku.Akka.Channels;

/// <summary>Compiles the functions that channels call, each at the place where it is wired.</summary>
/// <param name="services">Tells which types of parameters are services. If it is null, every interface counts as a service.</param>
/// <param name="gateCompiler">Compiles the gates.</param>
/// <param name="types">Checks inputs and results.</param>
/// <param name="input">The options for reading input.</param>
/// <param name="json">The options for JSON.</param>
/// <param name="report">Receives the problems.</param>
internal sealed class FunctionCompiler(
    IServiceProviderIsService? services, GateCompiler gateCompiler, JsonTypeCheck types, InputOptions input, JsonSerializerOptions json, WiringReport report)
{
    private readonly FunctionBinder _binder = new(services);
    private readonly Dictionary<string, (FunctionDescriptor Function, ChannelDefinition Channel)> _functions = new(StringComparer.Ordinal);

    /// <summary>All functions that have been compiled.</summary>
    public IEnumerable<FunctionDescriptor> Functions => _functions.Values.Select(known => known.Function);

    /// <summary>Compiles a function at one place of a channel.</summary>
    /// <param name="scope">The channel.</param>
    /// <param name="definition">The function and its gates.</param>
    /// <param name="label">The place, for people.</param>
    /// <param name="mode">How its input is read.</param>
    /// <param name="kind">The kind of place.</param>
    /// <param name="route">The routing key and its value; null for a handler.</param>
    /// <returns>Null when it cannot be called.</returns>
    public BoundAction? Bind(
        ChannelScope scope, ActionDefinition definition, string label, InputMode mode, FunctionKind kind, (string Key, string Value)? route = null)
    {
        var channel = scope.Channel;
        var (function, gates, isLifecycle) = (definition.Function, definition.Gates, kind == FunctionKind.Lifecycle);
        var place = $"{label} of channel '{channel.Name}'";
        CheckFunction(function, place, channel);
        gateCompiler.CheckScopes(gates.Scopes, place);
        FunctionBody body;
        try
        {
            body = _binder.Bind(function, new FunctionPlace(kind, channel.OpeningData));
        }
        catch (FunctionBindingException e)
        {
            report.Problem(place, $"cannot be called: {e.Message}");
            return null;
        }

        if (mode == InputMode.Json && body.Input != typeof(NoData))
            types.CheckSerializable(body.Input, $"the input of {place}");
        var item = StreamBody.ItemOf(body.Output);
        if (item is not null && mode is InputMode.Binary or InputMode.Opening)
            report.Problem(place, $"returns {body.Output}, but only the reply to an action or to onMessage can be a stream; return a single value, or send several with IPikkuChannel.SendAsync");
        else if (item is not null)
            types.CheckSerializable(item, $"an item of the stream of {place}");
        else if (mode != InputMode.Binary && body.Output != typeof(NoData))
            types.CheckSerializable(body.Output, $"the result of {place}");

        // A lifecycle function has the gates of itself and of its wiring, but not those of the channel's messages (D1).
        var own = gateCompiler.Bind(gates.Permissions.Concat(function.Permissions), new PermissionPlace(body.Input, channel.OpeningData), place);
        var permissions = new PermissionCheck(gateCompiler.Global, isLifecycle ? [] : scope.Permissions, own);
        function = function with
        {
            RequiresSession = function.RequiresSession || (isLifecycle && gates.RequiresSession == true)
                || function.Method?.GetParameters().Any(SuppliedParameters.NeedsSession) == true,
            Scopes = [.. (isLifecycle ? [] : channel.Gates.Scopes).Concat(gates.Scopes).Concat(function.Scopes).Distinct(StringComparer.Ordinal)],
            Tags = [.. gates.Tags.Concat(function.Tags).Distinct(StringComparer.Ordinal)],
        };
        var runner = body.Accept(new RunnerFactory(function, input, mode, permissions, json, place, report));
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
            Auth = !isLifecycle && (gates.RequiresSession ?? GateCompiler.IsSessionRequired(channel)),
            Middleware = isLifecycle ? gateCompiler.OfLifecycle(channel, gates) : gateCompiler.OfMessage(channel, gates, function.Tags, function.Middleware),
        };
    }

    /// <summary>Binds the parameters of a function; null when they cannot be bound, which <see cref="Bind"/> reports.</summary>
    public FunctionBody? TryBindBody(ChannelDefinition channel, FunctionDescriptor function, FunctionKind kind)
    {
        try
        {
            return _binder.Bind(function, new FunctionPlace(kind, channel.OpeningData));
        }
        catch (FunctionBindingException)
        {
            return null;
        }
    }

    /// <summary>
    /// Compiles the function that loads the state of a topic; its data is the key. The topic has asked its own gates and those of the channel before, so these are only
    /// those of the function.
    /// </summary>
    /// <returns>Null when it cannot be called.</returns>
    public CompiledSnapshot? BindSnapshot(ChannelDefinition channel, TopicDeclaration topic, FunctionDescriptor function)
    {
        var place = $"the snapshot of the topic '{topic.Name}' of channel '{channel.Name}'";
        if (function.Class is not null)
            CheckFunction(function, place, channel);
        gateCompiler.CheckScopes(function.Scopes, place);
        FunctionBody body;
        try
        {
            // The key may have the type of the opening data. A parameter of this type is the key then.
            body = _binder.Bind(function, new FunctionPlace(FunctionKind.Snapshot, channel.OpeningData == topic.Key ? null : channel.OpeningData));
        }
        catch (FunctionBindingException e)
        {
            report.Problem(place, $"cannot be called: {e.Message}");
            return null;
        }

        if (body.Input != typeof(NoData) && body.Input != topic.Key)
        {
            var key = topic.Key == typeof(NoData) ? "the topic has no key" : $"the key of the topic is {topic.Key}";
            report.Problem(place, $"has an input of type {body.Input}, but {key}; use the key as the parameter, and register services");
            return null;
        }

        if (body.Output == typeof(NoData) || StreamBody.ItemOf(body.Output) is not null)
        {
            report.Problem(place, $"returns {(body.Output == typeof(NoData) ? "nothing" : body.Output)}; return the state as one value");
            return null;
        }

        types.CheckSerializable(body.Output, $"the result of {place}");
        var permissions = new PermissionCheck([], [], gateCompiler.Bind(function.Permissions, new PermissionPlace(null, channel.OpeningData, topic.Key), place));
        function = function with
        {
            RequiresSession = function.RequiresSession || function.Method?.GetParameters().Any(SuppliedParameters.NeedsSession) == true,
            ReadOnly = true,
        };
        var runner = body.Accept(new RunnerFactory(function, input, InputMode.TopicKey, permissions, json, place, report));
        return runner is null ? null : new CompiledSnapshot(runner, permissions);
    }

    /// <summary>Compiles the delegate that returns the info with which a connection joins a presence topic; its data is the key.</summary>
    /// <returns>Null when it cannot be called.</returns>
    public PresenceInfo? BindInfo(ChannelDefinition channel, TopicDeclaration topic, FunctionDescriptor function)
    {
        var place = $"the join of the topic '{topic.Name}' of channel '{channel.Name}'";
        try
        {
            // As for a snapshot, a parameter with the type of the key is the key.
            var body = _binder.Bind(function, new FunctionPlace(FunctionKind.Snapshot, channel.OpeningData == topic.Key ? null : channel.OpeningData));
            if (body.Input != typeof(NoData) && body.Input != topic.Key)
                report.Problem(place, $"has an input of type {body.Input}; use the key of the topic ({topic.Key}) as the parameter, and register services");
            else if (body.Output != topic.Keyed!.Value)
                report.Problem(place, $"returns {body.Output}, but the info of the topic is {topic.Keyed.Value}; return that");
            else
                return PresenceInfo.Of(body, json);
        }
        catch (FunctionBindingException e)
        {
            report.Problem(place, $"cannot be called: {e.Message}");
        }

        return null;
    }

    /// <summary>Compiles a function of the library, which has no gates.</summary>
    /// <param name="function">The function.</param>
    /// <param name="place">Its place.</param>
    public FunctionRunner BindOwn(FunctionDescriptor function, string place) =>
        _binder.Bind(function, new FunctionPlace(FunctionKind.Action, null))
            .Accept(new RunnerFactory(function, input, InputMode.Json, PermissionCheck.None, json, place, report))!;

    private void CheckFunction(FunctionDescriptor function, string place, ChannelDefinition channel)
    {
        if (string.IsNullOrWhiteSpace(function.Name))
            report.Problem(place, "uses a function without a name; give the function a name");
        if (!_functions.TryAdd(function.Name, (function, channel)) && _functions[function.Name] is var known && !known.Function.HasCodeOf(function))
            report.Problem($"{place}{WiringReport.PlaceOf(channel)}", $"uses a function named '{function.Name}', but another function{OfOther(known.Channel, channel)} has the same name; rename one of them, or share one declaration");
        gateCompiler.CheckScopes(function.Scopes, $"the function '{function.Name}'");
    }

    private static string OfOther(ChannelDefinition other, ChannelDefinition channel) => ReferenceEquals(other, channel) ? "" : $" of channel '{other.Name}'{WiringReport.PlaceOf(other)}";

    private sealed class RunnerFactory(
        FunctionDescriptor function, InputOptions input, InputMode mode, PermissionCheck permissions, JsonSerializerOptions json, string place, WiringReport report)
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
                report.Problem(place, $"cannot be compiled: {e.Message}");
                return null;
            }
        }
    }
}
