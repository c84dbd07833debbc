using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Api;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Requests;
using Pikku.Akka.Settings;

namespace Pikku.Akka.OperatorConsole;

/// <summary>The open consoles of this node, and the rights of their operators. Thread-safe.</summary>
/// <param name="services">The services of the node. They are resolved when they are first used, because routes are mapped before the node exists.</param>
internal sealed class OpenConsoles(IServiceProvider services)
{
    // By the services of the request, which are those of its connection.
    private readonly ConcurrentDictionary<IServiceProvider, ConsoleAccess> _consoles = new(ReferenceEqualityComparer.Instance);

    /// <summary>Serves a request that opens a console, until its connection ends.</summary>
    /// <param name="context">The request, which was authorized.</param>
    /// <param name="serve">Upgrades the request and serves its connection.</param>
    public async Task ServeAsync(HttpContext context, Func<Task> serve)
    {
        var access = Create(await OperatorRequest.CopyAsync(context, services.GetRequiredService<TokenLifetime>()));
        var own = context.RequestServices;
        _consoles[own] = access;
        try
        {
            await serve();
        }
        finally
        {
            _consoles.TryRemove(own, out _);
        }
    }

    /// <summary>The right of the operator who uses a connection.</summary>
    /// <exception cref="InvalidOperationException">The connection is not that of a console of this node.</exception>
    public ConsoleAccess Of(IPikkuChannel channel)
    {
        if (!_consoles.TryGetValue(channel.Services, out var access))
            throw new InvalidOperationException($"The connection {channel.Id} has no open console on this node.");
        access.Attach(channel);
        return access;
    }

    /// <summary>Asks again about the consoles of a user. It never fails.</summary>
    public Task ReviewAsync(string userId) => Task.WhenAll(_consoles.Select(entry => entry.Value).Where(access => access.IsOf(userId)).Select(access => access.ReviewAsync()));

    private ConsoleAccess Create(OperatorRequest request)
    {
        var (settings, clock) = (services.GetSettings(), services.GetRequiredService<TimeProvider>());
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger(ConsoleLog.Category);
        return new ConsoleAccess(
            ApiFilters.NameOf(request.User), UsersOf(request.User), () => request.HasExpired(clock.GetUtcNow()),
            () => AskAsync(request, settings.Function.Timeout, clock), settings.Console.AuthorizationInterval, clock, log);
    }

    // Policies are code of the application, which may block or never end.
    private async Task<AccessAnswer> AskAsync(OperatorRequest request, TimeSpan limit, TimeProvider clock)
    {
        using var timeout = new CancellationTokenSource(limit, clock);
        var asking = Task.Run(
            async () =>
            {
                await using var scope = services.CreateAsyncScope();
                return await request.AskAsync(scope.ServiceProvider, clock.GetUtcNow(), timeout.Token);
            },
            CancellationToken.None);
        return await services.GetRequiredService<BackgroundTasks>().WaitAsync(asking, "The authorization of a console", timeout.Token);
    }

    // The application names a user as its sessions do. An operator may have no session, so the usual claims count too: one question too many does no harm.
    private FrozenSet<string> UsersOf(ClaimsPrincipal user)
    {
        string?[] names = [SessionUserOf(user), user.FindFirstValue(ClaimTypes.NameIdentifier), user.FindFirstValue("sub"), user.Identity?.Name];
        return names.OfType<string>().ToFrozenSet(StringComparer.Ordinal);
    }

    private string? SessionUserOf(ClaimsPrincipal user)
    {
        try
        {
            return services.GetWiring().SessionFromPrincipal?.Invoke(user)?.UserId;
        }
        catch (Exception)
        {
            return null; // the code of the application is made for its users, and an operator need not be one
        }
    }
}
