namespace Pikku.Akka;

/// <summary>Sets what a call or a subscription has to pass. The base class of the builders of channels, functions and topics.</summary>
/// <typeparam name="TSelf">The builder, which the methods return.</typeparam>
public abstract class GateBuilder<TSelf> where TSelf : GateBuilder<TSelf>
{
    private protected GateBuilder(Gates gates) => Gates = gates;

    internal Gates Gates { get; }

    /// <summary>Lets clients without a session in. An inner builder (a function or a topic of a channel) overrides an outer one.</summary>
    public TSelf AllowAnonymous() => With(gates => gates.RequiresSession = false);

    /// <summary>Requires a session. This is the default of a channel. An inner builder (a function or a topic of a channel) overrides an outer one.</summary>
    public TSelf RequireSession() => With(gates => gates.RequiresSession = true);

    /// <summary>Requires a permission class. With several permissions, all of them must allow the call.</summary>
    /// <typeparam name="TPermission">The class; services are injected through its constructor.</typeparam>
    public TSelf RequirePermission<TPermission>() where TPermission : class => RequirePermission(PikkuPermission.Of<TPermission>());

    /// <summary>Requires a permission. With several permissions, all of them must allow the call.</summary>
    /// <param name="permission">The permission.</param>
    public TSelf RequirePermission(PikkuPermission permission)
    {
        ArgumentNullException.ThrowIfNull(permission);
        return With(gates => gates.Permissions.Add(permission));
    }

    /// <summary>Requires a permission from a delegate. With several permissions, all of them must allow the call.</summary>
    /// <param name="allows"><inheritdoc cref="PikkuPermission.Of(Delegate)"/></param>
    public TSelf RequirePermission(Delegate allows) => RequirePermission(PikkuPermission.Of(allows));

    /// <summary>
    /// Requires an authorization policy of ASP.NET Core. It is asked about the principal that was authenticated at the upgrade, not about a session that an
    /// action has set.
    /// </summary>
    /// <param name="policy">The name of the policy.</param>
    public TSelf RequirePolicy(string policy) => RequirePermission(PikkuPermission.OfPolicy(policy));

    /// <summary>Requires scopes of the session. All of them are needed.</summary>
    /// <param name="scopes">Scopes that are declared with <see cref="PikkuBuilder.AddScopes"/>.</param>
    public TSelf RequireScope(params string[] scopes) => With(gates => gates.Scopes.AddRange(scopes));

    /// <summary>Adds a middleware class. A class that occurs twice in a chain runs once.</summary>
    /// <typeparam name="TMiddleware">The class; services are injected through its constructor, and each call creates one object.</typeparam>
    public TSelf UseMiddleware<TMiddleware>() where TMiddleware : class, IPikkuMiddleware => UseMiddleware<TMiddleware>(MiddlewarePriority.Medium);

    /// <inheritdoc cref="UseMiddleware{TMiddleware}()"/>
    /// <param name="priority">The position in the chain.</param>
    public TSelf UseMiddleware<TMiddleware>(MiddlewarePriority priority) where TMiddleware : class, IPikkuMiddleware =>
        UseMiddleware(PikkuMiddleware.Of<TMiddleware>(priority));

    /// <summary>Adds middleware. A delegate that occurs twice in a chain runs once.</summary>
    /// <param name="middleware">The code of the middleware.</param>
    public TSelf UseMiddleware(PikkuMiddlewareDelegate middleware) => UseMiddleware(middleware, MiddlewarePriority.Medium);

    /// <inheritdoc cref="UseMiddleware(PikkuMiddlewareDelegate)"/>
    /// <param name="middleware">The code of the middleware.</param>
    /// <param name="priority">The position in the chain.</param>
    public TSelf UseMiddleware(PikkuMiddlewareDelegate middleware, MiddlewarePriority priority) =>
        UseMiddleware(PikkuMiddleware.Of(middleware, priority));

    internal TSelf UseMiddleware(PikkuMiddleware middleware) => With(gates => gates.Middleware.Add(middleware));

    /// <summary>Adds tags. Middleware can be added by tag.</summary>
    /// <param name="tags">The tags.</param>
    public TSelf WithTags(params string[] tags) => With(gates => gates.Tags.AddRange(tags));

    private TSelf With(Action<Gates> change)
    {
        change(Gates);
        return (TSelf)this;
    }
}
