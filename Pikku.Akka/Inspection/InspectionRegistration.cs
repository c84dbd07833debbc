using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Inspection;

/// <summary>Registers what answers the questions of operators.</summary>
internal static class InspectionRegistration
{
    public static IServiceCollection AddInspection(this IServiceCollection services) => services
        .AddSingleton(provider => new LoadMeter(provider.GetRequiredService<IMeterFactory>(), provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<INodeInspector, NodeInspector>()
        .AddSingleton(provider => new ClusterInspector(
            provider.GetRequiredService<ClusterView>(), provider.GetRequiredService<ClusterClient>(), provider.GetRequiredService<INodeInspector>(),
            provider.GetSettings().Console, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<BackgroundTasks>(),
            provider.GetRequiredService<DrainState>()));
}
