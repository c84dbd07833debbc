using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventStreams;

/// <summary>Registers the services that serve event streams.</summary>
internal static class EventStreamRegistration
{
    public static IServiceCollection AddEventStreams(this IServiceCollection services) => services
        .AddSingleton(provider => provider.GetSettings().EventStream)
        .AddSingleton<EventStreamSession>()
        .AddSingleton<EventStreamHandler>();
}
