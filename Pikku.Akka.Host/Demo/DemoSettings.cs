namespace Pikku.Akka.Host.Demo;

/// <summary>The sign-in without a secret, for demonstrations.</summary>
internal sealed class DemoSettings(IConfiguration configuration, IHostEnvironment environment)
{
    /// <summary>Long enough to look around, short enough that a token found in a log of somebody's proxy is worth little.</summary>
    public static TimeSpan TokenLife => TimeSpan.FromMinutes(15);

    /// <summary>Anybody may be anybody of the demo: never in production, unless <c>Demo:Enabled</c> says so.</summary>
    public bool Enabled { get; } = configuration.GetValue("Demo:Enabled", defaultValue: !environment.IsProduction());
}
