namespace Pikku.Akka.Host;

/// <summary>
/// The address on which the node shows its metrics to Prometheus, <c>Metrics:Url</c>. Nothing else answers there, and no other address shows them, so that a firewall or
/// the choice of a loopback address decides who sees them. It has no authentication, because scrapers have none by default.
/// </summary>
internal sealed class MetricsAddress(Uri url) : IStartupFilter
{
    /// <summary>The path of the metrics.</summary>
    public const string Path = "/metrics";

    private const string Setting = "Metrics:Url";

    /// <summary>The port of the address.</summary>
    public int Port => url.Port;

    /// <summary>Adds the address to those that the node listens on.</summary>
    /// <returns>The address; null when the configuration has none.</returns>
    /// <exception cref="InvalidOperationException">The setting is not an address.</exception>
    public static MetricsAddress? Add(WebApplicationBuilder builder)
    {
        if (builder.Configuration[Setting] is not { Length: > 0 } text)
            return null;
        // Kestrel's wildcards are no host names.
        if (!Uri.TryCreate(text.Replace("//*", "//0.0.0.0", StringComparison.Ordinal).Replace("//+", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var url)
            || url.Scheme is not ("http" or "https") || url.Port == 0 || url.PathAndQuery != "/")
            throw new InvalidOperationException($"{Setting} = {text} is not an address with a port. Write one such as http://127.0.0.1:9464 for scrapers of this machine, or http://*:9464.");

        if (builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
            builder.Configuration["Kestrel:Endpoints:Metrics:Url"] = text; // endpoints replace all urls
        else
            builder.WebHost.UseUrls([.. Urls(builder.Configuration), text]);
        var address = new MetricsAddress(url);
        // The first filter: a scraper asks by an address that AllowedHosts need not contain.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter>(address));
        return address;
    }

    /// <inheritdoc/>
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        // By the port and not by the header Host, which a client chooses. What is not the metrics ends with 404.
        app.MapWhen(context => context.Connection.LocalPort == Port, metrics => metrics.UseOpenTelemetryPrometheusScrapingEndpoint(Path));
        next(app);
    };

    private static IEnumerable<string> Urls(ConfigurationManager configuration)
    {
        if (configuration["urls"] is { Length: > 0 } urls)
            return urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Ports(configuration, "http").Concat(Ports(configuration, "https"));
    }

    private static IEnumerable<string> Ports(ConfigurationManager configuration, string scheme) =>
        (configuration[$"{scheme}_ports"] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(port => $"{scheme}://*:{port}");
}
