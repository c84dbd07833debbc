using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka;

/// <summary>How a host of a test differs from production.</summary>
public sealed record PikkuTestOptions
{
    /// <summary>The environment of the application. Default: <c>Development</c>, as with <c>WebApplicationFactory</c>.</summary>
    public string Environment { get; init; } = "Development";

    /// <summary>
    /// Settings, which override those of the application: <c>pikku.connection.idle-timeout</c> or <c>Pikku:Connection:IdleTimeout</c>, or any other key of
    /// <see cref="Microsoft.Extensions.Configuration.IConfiguration"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Adds or replaces services, after those of the application.</summary>
    public Action<IServiceCollection>? Services { get; init; }

    /// <summary>Configures the web host.</summary>
    public Action<IWebHostBuilder>? WebHost { get; init; }

    /// <summary>The time at which virtual time begins. Default: the current time, because libraries that check tokens use the clock of the machine.</summary>
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>True for the clock of the machine in place of virtual time. A node of a cluster always has the clock of the machine.</summary>
    public bool UseSystemTime { get; init; }

    /// <summary>How long an expectation waits, by the clock of the machine. It is reached only if the test fails. Default: 20 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(20);
}
