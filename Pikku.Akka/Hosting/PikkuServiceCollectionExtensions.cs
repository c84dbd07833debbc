using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Hosting;

namespace Pikku.Akka;

/// <summary>Adds Pikku.Akka to the services of an application.</summary>
public static class PikkuServiceCollectionExtensions
{
    /// <summary>
    /// Adds channels, functions and the event hub. Each module of an application may call this method, in any order relative to hosted services, authentication
    /// and an actor system of the application. All calls add to the same wiring. If two calls conflict, the application does not start, and the exception
    /// contains the file and line of both.
    /// </summary>
    /// <remarks>
    /// Settings come from <see cref="PikkuBuilder.AddHocon"/>, <c>pikku.conf</c> beside the application, section <c>Pikku</c> of
    /// <see cref="Microsoft.Extensions.Configuration.IConfiguration"/>, the environment and the command line. A later source overrides the earlier ones. If the
    /// application registers an <see cref="global::Akka.Actor.ActorSystem"/>, Pikku runs in it; otherwise Pikku creates one.
    /// </remarks>
    /// <param name="services">The services of the application.</param>
    /// <param name="configure">Wires the application or a module of it.</param>
    /// <param name="file">The source file of the call, which error messages contain. The compiler sets it.</param>
    /// <param name="line">The source line of the call. The compiler sets it.</param>
    public static IServiceCollection AddPikku(
        this IServiceCollection services, Action<PikkuBuilder> configure, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(AddPikku(services, file, line));
        return services;
    }

    /// <summary>
    /// Adds channels, functions and the event hub like <see cref="AddPikku(IServiceCollection, Action{PikkuBuilder}, string, int)"/>, and returns the builder.
    /// </summary>
    /// <param name="services">The services of the application.</param>
    /// <param name="file">The source file of the call, which error messages contain. The compiler sets it.</param>
    /// <param name="line">The source line of the call. The compiler sets it.</param>
    /// <returns>The builder, which all calls share.</returns>
    public static PikkuBuilder AddPikku(this IServiceCollection services, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(services);
        var wiring = services.Select(service => service.ImplementationInstance).OfType<PikkuBuilder>().FirstOrDefault();
        if (wiring is null)
            services.AddNode(wiring = new PikkuBuilder(services));
        return wiring.BeginModule();
    }
}
