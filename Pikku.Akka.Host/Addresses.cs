namespace Pikku.Akka.Host;

/// <summary>Where the node listens, and how it tells people.</summary>
internal static class Addresses
{
    // The same as in launchSettings.json: a published node and one under "dotnet run" are found at one place.
    private const string DefaultUrl = "http://localhost:5080";

    private static readonly string[] Configured = ["urls", "http_ports", "https_ports", "Kestrel:Endpoints"];

    public static void UseDefaultUrl(this WebApplicationBuilder builder)
    {
        if (Configured.Any(key => builder.Configuration.GetSection(key).Exists()))
            return;
        builder.WebHost.UseUrls(DefaultUrl);
        // Only this machine reaches it, and a page whose name its owner points here must not.
        builder.Configuration["AllowedHosts"] ??= "localhost;127.0.0.1;[::1]";
    }

    /// <summary>Prints the page and the channels once the node listens, since a port 0 has its number only then.</summary>
    public static void AnnounceOnceStarted(this WebApplication app, params (string Name, string Route)[] channels) =>
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            foreach (var url in app.Urls.Select(Reachable))
            {
                var socket = string.Concat("ws", url.AsSpan("http".Length));
                // One write: the logger's thread writes too.
                Console.WriteLine(
                    $"""
                    Page      {url}/
                    Channels  {string.Join(", ", channels.Select(c => $"{c.Name} {socket}{c.Route}"))}
                    """);
            }
        });

    /// <summary>An address that a browser on this machine can open; a wildcard is none.</summary>
    internal static string Reachable(string url) =>
        url.TrimEnd('/').Replace("//[::]", "//localhost").Replace("//0.0.0.0", "//localhost").Replace("//+", "//localhost").Replace("//*", "//localhost");
}
