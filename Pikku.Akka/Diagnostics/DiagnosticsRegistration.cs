using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Diagnostics;

/// <summary>Registers logs and meters.</summary>
internal static class DiagnosticsRegistration
{
    public static IServiceCollection AddDiagnostics(this IServiceCollection services) => services
        .AddMetrics()
        .AddSingleton<PikkuLog>()
        .AddSingleton<PikkuMetrics>()
        .AddSingleton<SessionMetrics>()
        .AddSingleton<BackgroundTasks>()
        .AddSingleton(provider => new HubMetrics(provider.GetRequiredService<IMeterFactory>().Create(PikkuMetrics.MeterName)));
}
