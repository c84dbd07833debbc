using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Pikku.Akka.Host;

/// <summary>
/// Exports metrics and traces with OpenTelemetry: by OTLP if <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, and at an address of its own for Prometheus if
/// <c>Metrics:Url</c> is set. Without both, nothing of OpenTelemetry is registered and nothing is measured.
/// </summary>
internal static class Telemetry
{
    private const string ServiceName = "OTEL_SERVICE_NAME";
    private const string DefaultServiceName = "pikku-host";

    /// <summary>Adds the exporters that the configuration asks for.</summary>
    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var exportsOtlp = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        var scraped = MetricsAddress.Add(builder);
        if (!exportsOtlp && scraped is null)
            return;

        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource =>
        {
            if (builder.Configuration[ServiceName] is not { Length: > 0 })
                resource.AddService(DefaultServiceName);
        });
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter("Pikku.Akka", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime");
            if (scraped is not null)
                metrics.AddPrometheusExporter();
        });
        if (!exportsOtlp)
            return;
        telemetry.WithTracing(traces => traces.AddSource("Pikku.Akka", "Microsoft.AspNetCore"));
        telemetry.UseOtlpExporter();
    }
}
