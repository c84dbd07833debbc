using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Functions;

namespace Pikku.Akka.WebSockets;

/// <summary>
/// The services of one connection, which are those of its request. As ASP.NET Core's own, but their disposal has a bound: the server waits for
/// it before it lets go of the request, and a service that is never disposed of would hold up the end of the node.
/// </summary>
internal sealed class ConnectionServices : IServiceProvidersFeature, IAsyncDisposable
{
    private readonly HttpContext _context;
    private readonly IServiceScopeFactory _scopes;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _clock;
    private readonly PikkuLog _log;
    private IServiceProvider? _services;
    private IServiceScope? _scope;

    private ConnectionServices(HttpContext context, IServiceScopeFactory scopes, TimeSpan timeout, TimeProvider clock, PikkuLog log)
    {
        _context = context;
        _scopes = scopes;
        _timeout = timeout;
        _clock = clock;
        _log = log;
    }

    /// <summary>Those of the scope, which is made when they are first asked for; or others, whose life is not ours.</summary>
    public IServiceProvider RequestServices
    {
        get => _services ??= Open();
        set => _services = value;
    }

    /// <summary>Stands in for the services of a request. Nothing happens when somebody has used them already, or brought his own.</summary>
    /// <param name="context">The request.</param>
    /// <param name="scopes">Makes the scope.</param>
    /// <param name="timeout">How long the disposal may take.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="log">Told when it took longer.</param>
    public static void Install(HttpContext context, IServiceScopeFactory scopes, TimeSpan timeout, TimeProvider clock, PikkuLog log)
    {
        if (context.Features.Get<IServiceProvidersFeature>() is null)
            context.Features.Set<IServiceProvidersFeature>(new ConnectionServices(context, scopes, timeout, clock, log));
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _scope, null) is not { } scope)
            return;
        try
        {
            // On a thread of its own: it may block.
            await Task.Run(() => InvocationServices.DisposeAsync(scope).AsTask()).WaitAsync(_timeout, _clock);
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
