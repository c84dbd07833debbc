using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Functions;

namespace Pikku.Akka.Channels;

/// <summary>Compiles what a message has to pass: permissions, scopes and middleware, those of the application and of tags included.</summary>
/// <param name="app">The wiring.</param>
/// <param name="services">Tells which types of parameters are services. If it is null, every interface counts as a service.</param>
/// <param name="report">Receives the problems.</param>
internal sealed class GateCompiler(PikkuBuilder app, IServiceProviderIsService? services, WiringReport report)
{
    private readonly PermissionBinder _binder = new(services);

    /// <summary>The permissions that are asked before every function.</summary>
    public BoundPermission[] Global { get; private set; } = [];

    /// <summary>True when the messages of a channel need a session (D1): unless the channel says otherwise.</summary>
    public static bool IsSessionRequired(ChannelDefinition channel) => channel.Gates.RequiresSession ?? true;

    /// <summary>The tags of a channel. Its name counts as a tag, so that middleware can be added to a channel that has no tags.</summary>
    public static IEnumerable<string> TagsOf(ChannelDefinition channel) => channel.Gates.Tags.Append(channel.Name).Distinct(StringComparer.Ordinal);

    /// <summary>Binds the permissions that are asked before every function. Their data is therefore that of any function.</summary>
    public void BindGlobal() => Global = Bind(app.GlobalPermissions, new PermissionPlace(typeof(object), null), "the application");

    /// <summary>Binds permissions.</summary>
    /// <param name="permissions">The permissions.</param>
    /// <param name="data">The data that they can ask for.</param>
    /// <param name="place">The place, for problems.</param>
    public BoundPermission[] Bind(IEnumerable<PikkuPermission> permissions, PermissionPlace data, string place)
    {
        var bound = new List<BoundPermission>();
        foreach (var permission in permissions)
        {
            try
            {
                bound.Add(_binder.Bind(permission, data));
            }
            catch (FunctionBindingException e)
            {
                report.Problem(place, $"has a permission that cannot be asked: {e.Message.TrimEnd('.')}");
            }
        }

        return [.. bound];
    }

    /// <summary>
    /// Binds those permissions of a channel that can judge the key of a topic to the key. A permission for the opening data says nothing about another key of the same
    /// type: who may use <c>/boards/2</c> may not therefore subscribe to <c>board:1</c>.
    /// </summary>
    /// <param name="permissions">The permissions of the channel, which are asked about the opening data before.</param>
    /// <param name="data">The opening data and the key.</param>
    public BoundPermission[] BindToKey(IEnumerable<BoundPermission> permissions, PermissionPlace data) => data.Key is not { } key ? [] :
    [
        .. permissions.Where(permission => Judges(permission, key)).Select(permission =>
        {
            var ofKey = _binder.Bind(permission.Permission, data);
            return ofKey with { AllowsAsync = call => Equals(call.Key, call.Opening) ? new ValueTask<bool>(true) : ofKey.AllowsAsync(call) };
        }),
    ];

    /// <summary>Refuses scopes that the application does not declare.</summary>
    public void CheckScopes(IEnumerable<string> scopes, string place)
    {
        foreach (var scope in scopes.Where(s => !app.Scopes.Contains(s)))
            report.Problem(place, $"requires the scope '{scope}', which is not declared; declare it with AddScopes(\"{scope}\")");
    }

    /// <summary>The middleware around a lifecycle function (H2): that of the application, of the channel's tags and its own, but not that of the channel's actions.</summary>
    public PikkuMiddleware[] OfLifecycle(ChannelDefinition channel, Gates gates) =>
        MiddlewareChain.Compose(app.GlobalMiddleware, OfTags(channel), gates.Middleware);

    /// <summary>The middleware around a function that messages call.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="gates">The gates of the wiring.</param>
    /// <param name="tags">The tags of the function.</param>
    /// <param name="own">The middleware of the function itself.</param>
    public PikkuMiddleware[] OfMessage(ChannelDefinition channel, Gates gates, IEnumerable<string> tags, IReadOnlyList<PikkuMiddleware> own) =>
        MiddlewareChain.Compose(app.GlobalMiddleware, OfTags(channel), channel.Gates.Middleware, gates.Middleware, tags.SelectMany(OfTag), own);

    /// <summary>The middleware around a subscription to a topic.</summary>
    public PikkuMiddleware[] OfTopic(ChannelDefinition channel, Gates gates) =>
        MiddlewareChain.Compose(app.GlobalMiddleware, OfTags(channel), channel.Gates.Middleware, gates.Tags.SelectMany(OfTag), gates.Middleware);

    /// <summary>The middleware for everything that a channel sends.</summary>
    public PikkuChannelMiddlewareDelegate[] ChannelMiddlewareOf(ChannelDefinition channel) =>
        [.. TagsOf(channel).SelectMany(tag => app.TagChannelMiddleware.GetValueOrDefault(tag) ?? []).Concat(channel.ChannelMiddleware).Distinct()];

    private static bool Judges(BoundPermission permission, Type key) =>
        (permission.Input is { } input && input != typeof(object) && input.IsAssignableFrom(key)) || permission.Parts.Any(part => Judges(part, key));

    private IEnumerable<PikkuMiddleware> OfTags(ChannelDefinition channel) => TagsOf(channel).SelectMany(OfTag);

    private IEnumerable<PikkuMiddleware> OfTag(string tag) => app.TagMiddleware.GetValueOrDefault(tag) ?? [];
}
