using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>Registers the endpoints of the channels. Needs the compiled channels from a higher floor.</summary>
internal static class ChannelRegistration
{
    /// <param name="services">The services of the application.</param>
    /// <param name="sessions">The store in which functions change sessions. It is not always the <see cref="IPikkuSessionStore"/> of the application, because a
    /// change also has to reach the other connections of the user.</param>
    public static IServiceCollection AddChannels(this IServiceCollection services, Func<IServiceProvider, IPikkuSessionStore> sessions) => services
        .AddSingleton(provider => new ErrorMap(provider.GetWiring().Errors, provider.GetSettings().DetailedErrors))
        .AddSingleton<CompanionChannels>()
        .AddSingleton<IReadOnlyList<ChannelEndpoint>>(provider =>
        [
            .. provider.GetRequiredService<IReadOnlyList<CompiledChannel>>().Select(channel => NewEndpoint(provider, channel, provider.GetWiring().Json, sessions(provider), hasSessions: true)),
            .. provider.GetRequiredService<CompanionChannels>().Read().Select(companion => NewEndpoint(provider, companion.Channel, companion.Json, sessions(provider), hasSessions: false)),
        ]);

    private static ChannelEndpoint NewEndpoint(
        IServiceProvider provider, CompiledChannel channel, JsonSerializerOptions json, IPikkuSessionStore sessions, bool hasSessions) => new(
        channel, provider.GetSettings(), json, provider.GetRequiredService<ErrorMap>(),
        provider.GetRequiredService<IServiceScopeFactory>(), provider.GetRequiredService<ActorEventHub>(), sessions,
        provider.GetRequiredService<PikkuLog>(), provider.GetRequiredService<PikkuMetrics>(), provider.GetRequiredService<BackgroundTasks>(),
        provider.GetRequiredService<TimeProvider>()) { HasSessions = hasSessions };
}
