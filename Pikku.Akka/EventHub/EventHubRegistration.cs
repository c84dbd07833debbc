using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.EventHub;

/// <summary>Registers the event hub. Higher floors have to register an <see cref="ISubscriberDirectory"/>, <see cref="IRemoteSubscriptions"/> and <see cref="ISubscriptionAuthorizer"/>.</summary>
internal static class EventHubRegistration
{
    public static IServiceCollection AddEventHub(this IServiceCollection services) => services
        .AddSingleton<MembershipLease>()
        .AddSingleton(NewClient)
        .AddSingleton(NewDeclaredTopics)
        .AddSingleton(NewHub)
        .AddSingleton<IEventHub>(provider => provider.GetRequiredService<ActorEventHub>());

    private static HubClient NewClient(IServiceProvider provider) => new(
        provider.GetSettings().EventHub, provider.GetSettings().StartTimeout, provider.GetRequiredService<TimeProvider>(),
        admitsWhenOpen: !provider.GetSettings().Cluster.IsOn, provider.GetRequiredService<MembershipLease>())
    {
        Sessions = NewSessionIndex(provider.GetSettings().Session),
        Requests = NewRequestIndex(provider.GetSettings().Api),
    };

    private static StoreIndex NewSessionIndex(SessionSettings settings) => new(StoreIndex.Sessions, settings.StoreCapacity, settings.StoreMaxMemory, settings.StoreLifetime);

    private static StoreIndex NewRequestIndex(ApiSettings settings) =>
        new(StoreIndex.Requests, settings.IdempotencyCapacity, settings.IdempotencyMaxMemory, settings.IdempotencyLifetime);

    private static DeclaredTopics NewDeclaredTopics(IServiceProvider provider) => new(
        provider.GetWiring().Channels.SelectMany(channel => channel.Topics), provider.GetSettings().History.MaxAge);

    private static ActorEventHub NewHub(IServiceProvider provider) => new(
        provider.GetRequiredService<HubClient>(), provider.GetSettings().EventHub, provider.GetRequiredService<ISubscriberDirectory>(),
        provider.GetWiring().Json, provider.GetRequiredService<HubMetrics>(), provider.GetRequiredService<IRemoteSubscriptions>(),
        provider.GetRequiredService<DeclaredTopics>(),
        provider.GetRequiredService<ISubscriptionAuthorizer>); // resolved later, because it uses the hub
}
