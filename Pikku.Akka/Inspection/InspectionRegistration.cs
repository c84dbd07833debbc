using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Protocol;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Inspection;

/// <summary>Registers what operators use to find out what happens to a user and on the nodes.</summary>
internal static class InspectionRegistration
{
    public static IServiceCollection AddInspection(this IServiceCollection services) => services
        .AddSingleton(NewLocalExplainer)
        .AddSingleton(NewWatchList)
        .AddSingleton<UserInspection>()
        .AddSingleton<IUserInspection>(provider => provider.GetRequiredService<UserInspection>())
        .AddSingleton<Explainer>()
        .AddSingleton<UserTracer>()
        .AddSingleton<Recorder>()
        .AddSingleton(provider => new LoadMeter(provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<INodeInspector, NodeInspector>()
        .AddSingleton(NewClusterInspector);

    // The endpoints need the sessions of the cluster, which need what this is part of, so they are resolved with the first question.
    private static LocalExplainer NewLocalExplainer(IServiceProvider provider) => new(
        provider.GetRequiredService<ConnectionDirectory>(), provider.GetRequiredService<IReadOnlyList<ChannelEndpoint>>, provider.GetWiring(),
        provider.GetRequiredService<ErrorMap>(), provider.GetSettings(), provider.GetRequiredService<NodeReporter>(), provider.GetRequiredService<TimeProvider>());

    private static WatchList NewWatchList(IServiceProvider provider) => new(
        provider.GetRequiredService<ConnectionDirectory>(), provider.GetSettings(), provider.GetRequiredService<NodeReporter>(), provider.GetRequiredService<TimeProvider>());

    private static ClusterInspector NewClusterInspector(IServiceProvider provider) => new(
        provider.GetRequiredService<ClusterView>(), provider.GetRequiredService<ClusterClient>(), provider.GetRequiredService<NodeRequestHandler>(),
        provider.GetSettings().Console, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<BackgroundTasks>());
}
