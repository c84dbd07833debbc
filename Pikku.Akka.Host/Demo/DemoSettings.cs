namespace Pikku.Akka.Host.Demo;

/// <summary>The settings of the demo, which signs users in without a secret.</summary>
internal sealed class DemoSettings(IConfiguration configuration, IHostEnvironment environment)
{
    /// <summary>The lifetime of a token: long enough for a demo, short enough that a token in the log of a proxy has little
    /// value.</summary>
    public static TimeSpan TokenLife => TimeSpan.FromMinutes(15);

    /// <summary>True if everyone may sign in as any demo user: by default in every environment except production;
    /// <c>Demo:Enabled</c> overrides it.</summary>
    public bool Enabled { get; } = configuration.GetValue("Demo:Enabled", defaultValue: !environment.IsProduction());
}
