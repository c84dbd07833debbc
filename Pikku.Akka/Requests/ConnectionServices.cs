using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Functions;

namespace Pikku.Akka.Requests;

/// <summary>
/// The services of one connection, which are the scoped services of its request. Like the implementation of ASP.NET Core, but with a limit for their disposal: the
/// server waits for the disposal before it releases the request, so a service whose disposal hangs would block the shutdown of the node.
/// </summary>
internal sealed class ConnectionServices : IServiceProvidersFeature, IAsyncDisposable
{
    private readonly HttpContext _context;
    private readonly IServiceScopeFactory _scopes;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;
    private readonly PikkuLog _log;
    private readonly BackgroundTasks _background;
    private IServiceProvider? _services;
    private IServiceScope? _scope;

    private ConnectionServices(HttpContext context, IServiceScopeFactory scopes, TimeSpan timeout, TimeProvider clock, PikkuLog log, BackgroundTasks background)
    {
        _context = context;
        _scopes = scopes;
        _timeout = timeout;
        _clock = clock;
        _log = log;
        _background = background;
    }

    /// <summary>The services of the scope, which is created on first use, or services that were set by other code, which also owns them.</summary>
    public IServiceProvider RequestServices
    {
        get => _services ??= Open();
        set => _services = value;
    }

    /// <summary>Replaces the services of a request. Does nothing if the request already has services.</summary>
    /// <param name="context">The request.</param>
    /// <param name="scopes">Creates the scope.</param>
    /// <param name="timeout">The timeout of the disposal.</param>
    /// <param name="clock">The clock for the timeout.</param>
    /// <param name="log">The log for disposals that time out or fail.</param>
    /// <param name="background">Observes disposals that continue after the timeout.</param>
    public static void Install(
        HttpContext context, IServiceScopeFactory scopes, TimeSpan timeout, TimeProvider clock, PikkuLog log, BackgroundTasks background)
    {
        if (context.Features.Get<IServiceProvidersFeature>() is null)
            context.Features.Set<IServiceProvidersFeature>(new ConnectionServices(context, scopes, timeout, clock, log, background));
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _scope, null) is not { } scope)
            return;
        try
        {
            // On another thread, because the disposal may block.
            var disposal = Task.Run(() => InvocationServices.DisposeAsync(scope).AsTask());
            await _background.WaitAsync(disposal, "Disposing the services of a connection", _timeout, _clock);
        }
        catch (TimeoutException)
        {
            _log.ConnectionServicesGivenUp(_timeout);
        }
        catch (Exception e)
        {
            _log.ConnectionServicesNotDisposed(e);
        }
    }

    private IServiceProvider Open()
    {
        _context.Response.RegisterForDisposeAsync(this);
        _scope = _scopes.CreateScope();
        return _scope.ServiceProvider;
    }
}
