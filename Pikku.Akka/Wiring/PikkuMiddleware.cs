using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;

namespace Pikku.Akka;

/// <summary>The rest of a middleware chain, including the function.</summary>
public delegate ValueTask PikkuNext();

/// <summary>Runs around a function. If it does not call <paramref name="next"/>, the call ends with an empty reply; an exception becomes the reply.</summary>
/// <param name="context">The connection, the session, the services and the hub.</param>
/// <param name="next">The rest of the chain; call it at most once.</param>
public delegate ValueTask PikkuMiddlewareDelegate(PikkuContext context, PikkuNext next);

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

/// <summary>One piece of middleware. A chain runs the same delegate or class once, so two pieces with the same code are equal.</summary>
internal sealed class PikkuMiddleware : IEquatable<PikkuMiddleware>
{
    private readonly object _code; // the delegate or the type of the class

    private PikkuMiddleware(string name, string functionName, MiddlewarePriority priority, object code, PikkuMiddlewareDelegate run)
    {
        Name = name;
        FunctionName = functionName;
        SpanName = SpanNames.OfMiddleware(name);
        Priority = priority;
        _code = code;
        Run = run;
    }

    /// <summary>The name in lists and logs: the name of the method or the class.</summary>
    public string Name { get; }

    /// <summary>The name of its spans.</summary>
    public string SpanName { get; }

    /// <summary>The name of the method with that of its type.</summary>
    public string FunctionName { get; }

    /// <summary>The position in the chain.</summary>
    public MiddlewarePriority Priority { get; }

    public PikkuMiddlewareDelegate Run { get; }

    public static PikkuMiddleware Of(PikkuMiddlewareDelegate run, MiddlewarePriority priority = MiddlewarePriority.Medium)
    {
        ArgumentNullException.ThrowIfNull(run);
        return new PikkuMiddleware(run.Method.Name, $"{run.Method.DeclaringType?.FullName}.{run.Method.Name}", priority, run, run);
    }

    public static PikkuMiddleware Of<TMiddleware>(MiddlewarePriority priority = MiddlewarePriority.Medium) where TMiddleware : class, IPikkuMiddleware
    {
        var create = ActivatorUtilities.CreateFactory<TMiddleware>([]);
        return new PikkuMiddleware(
            typeof(TMiddleware).Name, $"{typeof(TMiddleware).FullName}.{nameof(IPikkuMiddleware.InvokeAsync)}", priority, typeof(TMiddleware), (context, next) => create(context.Services, []).InvokeAsync(context, next));
    }

    public bool Equals(PikkuMiddleware? other) => other is not null && _code.Equals(other._code);

    public override bool Equals(object? obj) => Equals(obj as PikkuMiddleware);

    public override int GetHashCode() => _code.GetHashCode();
}
