using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka;

/// <summary>The rest of a middleware chain, including the function.</summary>
public delegate ValueTask PikkuNext();

/// <summary>Runs around a function. If it does not call <paramref name="next"/>, the call ends with an empty reply; an exception becomes the reply.</summary>
/// <param name="services">The services of this call.</param>
/// <param name="context">The connection, the session and the hub.</param>
/// <param name="next">The rest of the chain; call it at most once.</param>
public delegate ValueTask PikkuMiddlewareDelegate(IServiceProvider services, PikkuContext context, PikkuNext next);

/// <summary>Middleware as a class. Services are injected through the constructor; each call creates one object.</summary>
public interface IPikkuMiddleware
{
    /// <inheritdoc cref="PikkuMiddlewareDelegate"/>
    ValueTask InvokeAsync(PikkuContext context, PikkuNext next);
}

/// <summary>The position of middleware in its chain: a stable sort with the highest priority outermost.</summary>
public enum MiddlewarePriority
{
    /// <summary>Outermost.</summary>
    Highest,

    /// <summary>Outside of the default.</summary>
    High,

    /// <summary>The default.</summary>
    Medium,

    /// <summary>Inside of the default.</summary>
    Low,

    /// <summary>Innermost, next to the function.</summary>
    Lowest,
}

/// <summary>One piece of middleware. An object that occurs twice in a chain runs once.</summary>
public sealed class PikkuMiddleware
{
    private PikkuMiddleware(string name, MiddlewarePriority priority, PikkuMiddlewareDelegate run)
    {
        Name = name;
        Priority = priority;
        Run = run;
    }

    /// <summary>The name in lists and logs.</summary>
    public string Name { get; }

    /// <summary>The position in the chain.</summary>
    public MiddlewarePriority Priority { get; }

    internal PikkuMiddlewareDelegate Run { get; }

    /// <summary>Creates middleware from a delegate.</summary>
    /// <param name="run">The code of the middleware.</param>
    /// <param name="priority">The position in the chain.</param>
    /// <param name="name">The name in lists and logs; by default the name of the method.</param>
    public static PikkuMiddleware Of(PikkuMiddlewareDelegate run, MiddlewarePriority priority = MiddlewarePriority.Medium, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new PikkuMiddleware(name ?? run.Method.Name, priority, run);
    }

    /// <summary>Creates middleware from a class.</summary>
    /// <typeparam name="TMiddleware">The class. Services are injected through the constructor; each call creates one object.</typeparam>
    /// <param name="priority">The position in the chain.</param>
    public static PikkuMiddleware Of<TMiddleware>(MiddlewarePriority priority = MiddlewarePriority.Medium)
        where TMiddleware : class, IPikkuMiddleware
    {
        var create = ActivatorUtilities.CreateFactory<TMiddleware>([]);
        return new PikkuMiddleware(typeof(TMiddleware).Name, priority, (services, context, next) => create(services, []).InvokeAsync(context, next));
    }

    /// <summary>Creates middleware with the default priority from a delegate.</summary>
    /// <param name="run">The code of the middleware.</param>
    public static implicit operator PikkuMiddleware(PikkuMiddlewareDelegate run) => Of(run);
}
