using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Functions;

/// <summary>The services of one call: a scope that is made when the first service is asked for, because many functions ask for none.</summary>
/// <param name="scopes">Makes the scope.</param>
internal sealed class InvocationServices(IServiceScopeFactory scopes) : IServiceProvider, IKeyedServiceProvider, IAsyncDisposable
{
    private static readonly object s_disposed = new();

    // Null before the first service, then the scope, in the end the mark. Without a lock, which nearly every call would make for nothing.
    private object? _scope;

    public object? GetService(Type serviceType) => Provider.GetService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) => ((IKeyedServiceProvider)Provider).GetKeyedService(serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) =>
        ((IKeyedServiceProvider)Provider).GetRequiredKeyedService(serviceType, serviceKey);

    /// <summary>Ends the use of the services.</summary>
    /// <returns>The scope that is to be disposed of; null when none was made.</returns>
    public IServiceScope? Close() => Interlocked.Exchange(ref _scope, s_disposed) as IServiceScope;

    public ValueTask DisposeAsync() => Close() is { } scope ? DisposeAsync(scope) : default;

    /// <summary>Disposes of a scope that was closed.</summary>
    public static ValueTask DisposeAsync(IServiceScope scope)
    {
        if (scope is IAsyncDisposable disposable)
            return disposable.DisposeAsync();
        scope.Dispose();
        return default;
    }

    private IServiceProvider Provider => ((Volatile.Read(ref _scope) ?? Open()) as IServiceScope)?.ServiceProvider
        ?? throw new ObjectDisposedException(nameof(InvocationServices));

    // Middleware may hand the provider to other threads: the first one's scope is that of all.
    private object Open()
    {
        var scope = scopes.CreateScope();
        if (Interlocked.CompareExchange(ref _scope, scope, null) is not { } first)
            return scope;
        scope.Dispose();
        return first;
    }
}
