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

    public ValueTask DisposeAsync() => Interlocked.Exchange(ref _scope, s_disposed) is IServiceScope scope ? DisposeAsync(scope) : default;

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

    private static ValueTask DisposeAsync(IServiceScope scope)
    {
        if (scope is IAsyncDisposable disposable)
            return disposable.DisposeAsync();
        scope.Dispose();
        return default;
    }
}
