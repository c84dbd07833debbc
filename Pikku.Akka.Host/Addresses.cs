namespace Pikku.Akka.Host;

/// <summary>The addresses that the node listens on and prints.</summary>
internal static class Addresses
{
    // The URL of launchSettings.json, so that a published node has the same address as one under "dotnet run".
    public const string DefaultUrl = "http://localhost:5080";

    private static readonly string[] Configured = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];

    public static void UseDefaultUrl(this WebApplicationBuilder builder)
    {
        if (Configured.Any(key => builder.Configuration.GetSection(key).Exists()))
            return;
        builder.WebHost.UseUrls(DefaultUrl);
        // Rejects requests with other host names, so that a page whose DNS name points to this machine cannot reach the node.
        builder.Configuration["AllowedHosts"] ??= "localhost;127.0.0.1;[::1]";
    }

    /// <summary>Prints the addresses of page and channels after the node listens, because port 0 is replaced only then.</summary>
    public static void AnnounceOnceStarted(this WebApplication app, params (string Name, string Route)[] channels) =>
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var metrics = app.Services.GetServices<IStartupFilter>().OfType<MetricsAddress>().SingleOrDefault();
            foreach (var url in app.Urls.Select(Reachable).Where(url => new Uri(url).Port != metrics?.Port))
            {
                var socket = string.Concat("ws", url.AsSpan("http".Length));
                // One write, because the logger writes from another thread.
                Console.WriteLine(
                    $"""
                    Page      {url}/
                    Channels  {string.Join(", ", channels.Select(c => $"{c.Name} {socket}{c.Route}"))}
                    """);
            }
        });

    /// <summary>Returns an address that a browser on this machine can open; a wildcard address is replaced by localhost.</summary>
    internal static string Reachable(string url) =>
        url.TrimEnd('/').Replace("//[::]", "//localhost").Replace("//0.0.0.0", "//localhost").Replace("//+", "//localhost").Replace("//*", "//localhost");
}
