using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka;

/// <summary>The rest of a chain of middleware, down to the function and back.</summary>
public delegate ValueTask PikkuNext();

/// <summary>Runs around a function. Not calling <paramref name="next"/> ends the call with an empty reply; an exception becomes the reply.</summary>
/// <param name="services">The services of this call.</param>
/// <param name="wire">The connection, the session and the hub.</param>
/// <param name="next">The rest of the chain; call it at most once.</param>
public delegate ValueTask PikkuMiddlewareDelegate(IServiceProvider services, Wire wire, PikkuNext next);

/// <summary>Middleware as a class; services come through its constructor, one object per call.</summary>
public interface IPikkuMiddleware
{
    /// <inheritdoc cref="PikkuMiddlewareDelegate"/>
    ValueTask InvokeAsync(Wire wire, PikkuNext next);
}

/// <summary>Where a piece of middleware stands in its chain: one stable sort, the highest outermost.</summary>
public enum MiddlewarePriority
{
    /// <summary>Outermost.</summary>
    Highest,

    /// <summary>Outside of the usual ones.</summary>
    High,

    /// <summary>The usual place.</summary>
    Medium,

    /// <summary>Inside of the usual ones.</summary>
    Low,

    /// <summary>Innermost, next to the function.</summary>
    Lowest,
}

/// <summary>One piece of middleware. The same object twice in a chain runs once.</summary>
public sealed class PikkuMiddleware
{
    private PikkuMiddleware(string name, MiddlewarePriority priority, PikkuMiddlewareDelegate run)
    {
        Name = name;
        Priority = priority;
        Run = run;
    }

    /// <summary>The name that lists and logs show.</summary>
    public string Name { get; }

    /// <summary>Where it stands in the chain.</summary>
    public MiddlewarePriority Priority { get; }

    internal PikkuMiddlewareDelegate Run { get; }

    /// <summary>Middleware from a delegate.</summary>
    /// <param name="run">What it does.</param>
    /// <param name="priority">Where it stands in the chain.</param>
    /// <param name="name">The name for lists and logs; by default that of the method.</param>
    public static PikkuMiddleware Of(PikkuMiddlewareDelegate run, MiddlewarePriority priority = MiddlewarePriority.Medium, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new PikkuMiddleware(name ?? run.Method.Name, priority, run);
    }

    /// <summary>Middleware from a class.</summary>
    /// <typeparam name="TMiddleware">The class; services come through its constructor, one object per call.</typeparam>
    /// <param name="priority">Where it stands in the chain.</param>
    public static PikkuMiddleware Of<TMiddleware>(MiddlewarePriority priority = MiddlewarePriority.Medium)
        where TMiddleware : class, IPikkuMiddleware
    {
        var create = ActivatorUtilities.CreateFactory<TMiddleware>([]);
        return new PikkuMiddleware(typeof(TMiddleware).Name, priority, (services, wire, next) => create(services, []).InvokeAsync(wire, next));
    }

    /// <summary>Middleware from a delegate, at the usual place.</summary>
    /// <param name="run">What it does.</param>
    public static implicit operator PikkuMiddleware(PikkuMiddlewareDelegate run) => Of(run);
}
