namespace Pikku.Akka.Host;

/// <summary>The command <c>health</c>: asks the node on this machine whether it responds. An image without a shell has no other program for that.</summary>
internal static class Health
{
    public const string Command = "health";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    /// <summary>Asks <c>/health/live</c>.</summary>
    /// <param name="args">The command line after the command: the settings of the node, such as <c>--urls</c>.</param>
    /// <returns>0 if the node responds, otherwise 1.</returns>
    public static async Task<int> CheckAsync(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build();
        using var client = new HttpClient { Timeout = Timeout };
        try
        {
            using var answer = await client.GetAsync(new Uri($"{AddressOf(configuration)}/health/live"));
            Console.WriteLine($"{(int)answer.StatusCode}");
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    // The address of the node itself, also where it listens on all addresses.
    private static string AddressOf(IConfiguration configuration)
    {
        if (configuration["urls"]?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var url, ..])
            return Addresses.Reachable(url);
        return configuration["http_ports"]?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is [var port, ..]
            ? $"http://localhost:{port}"
            : Addresses.DefaultUrl;
    }
}
