using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Inspection;

/// <summary>Registers what operators use to find out what happens to a user.</summary>
internal static class InspectionRegistration
{
    public static IServiceCollection AddInspection(this IServiceCollection services) => services
        .AddSingleton(NewLocalExplainer)
        .AddSingleton(NewWatchList)
        .AddSingleton<NodeInspection>()
        .AddSingleton<INodeInspection>(provider => provider.GetRequiredService<NodeInspection>())
        .AddSingleton<Explainer>()
        .AddSingleton<UserTracer>()
        .AddSingleton<Recorder>();

    // The endpoints need the sessions of the cluster, which need what this is part of, so they are resolved with the first question.
    private static LocalExplainer NewLocalExplainer(IServiceProvider provider) => new(
        provider.GetRequiredService<ConnectionDirectory>(), provider.GetRequiredService<IReadOnlyList<ChannelEndpoint>>, provider.GetWiring(),
        provider.GetRequiredService<ErrorMap>(), provider.GetSettings(), provider.GetRequiredService<NodeReporter>(), provider.GetRequiredService<TimeProvider>());

    private static WatchList NewWatchList(IServiceProvider provider) => new(
        provider.GetRequiredService<ConnectionDirectory>(), provider.GetSettings(), provider.GetRequiredService<NodeReporter>(), provider.GetRequiredService<TimeProvider>());
}
