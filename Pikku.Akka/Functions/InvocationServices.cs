using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Functions;

/// <summary>The services of one call. The scope is created when the first service is requested, because many functions request none.</summary>
/// <param name="scopes">The factory of the scope.</param>
internal sealed class InvocationServices(IServiceScopeFactory scopes) : IServiceProvider, IKeyedServiceProvider, IAsyncDisposable
{
    private static readonly object s_disposed = new();

    // Null at first, then the scope, and s_disposed at the end. Interlocked operations avoid a lock object in each call.
    private object? _scope;

    public object? GetService(Type serviceType) => Provider.GetService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) => ((IKeyedServiceProvider)Provider).GetKeyedService(serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) =>
        ((IKeyedServiceProvider)Provider).GetRequiredKeyedService(serviceType, serviceKey);

    /// <summary>Ends the use of the services.</summary>
    /// <returns>The scope to dispose of; null when none was created.</returns>
    public IServiceScope? Close() => Interlocked.Exchange(ref _scope, s_disposed) as IServiceScope;

    public ValueTask DisposeAsync() => Close() is { } scope ? DisposeAsync(scope) : default;

    /// <summary>Disposes of a scope that <see cref="Close"/> has returned.</summary>
    public static ValueTask DisposeAsync(IServiceScope scope)
    {
        if (scope is IAsyncDisposable disposable)
            return disposable.DisposeAsync();
        scope.Dispose();
        return default;
    }

    private IServiceProvider Provider => ((Volatile.Read(ref _scope) ?? Open()) as IServiceScope)?.ServiceProvider
        ?? throw new ObjectDisposedException(nameof(InvocationServices));

    // Middleware may use the provider on several threads. The scope of the first thread wins.
    private object Open()
    {
        var scope = scopes.CreateScope();
        if (Interlocked.CompareExchange(ref _scope, scope, null) is not { } first)
            return scope;
        scope.Dispose();
        return first;
    }
}
