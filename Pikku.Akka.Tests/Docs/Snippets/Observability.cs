#region observability-services
using OpenTelemetry;
#endregion

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Snippets.OfObservability;

public static class Observability
{
    public static void Add(WebApplicationBuilder builder)
    {
        #region observability-services
        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter("Pikku.Akka", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"))
            .WithTracing(traces => traces.AddSource("Pikku.Akka", "Microsoft.AspNetCore"))
            .UseOtlpExporter();
        #endregion
    }
}
