using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Functions;

/// <summary>The services of one call: a scope that is made when the first service is asked for, because many functions ask for none.</summary>
/// <param name="scopes">Makes the scope.</param>
internal sealed class InvocationServices(IServiceScopeFactory scopes) : IServiceProvider, IKeyedServiceProvider, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private AsyncServiceScope? _scope;
    private bool _disposed;

    public object? GetService(Type serviceType) => Provider.GetService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) => ((IKeyedServiceProvider)Provider).GetKeyedService(serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) =>
        ((IKeyedServiceProvider)Provider).GetRequiredKeyedService(serviceType, serviceKey);

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            return _scope?.DisposeAsync() ?? default;
        }
    }

    private IServiceProvider Provider
    {
        get
        {
            // Middleware may hand the provider to other threads.
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return (_scope ??= scopes.CreateAsyncScope()).ServiceProvider;
            }
        }
    }
}
