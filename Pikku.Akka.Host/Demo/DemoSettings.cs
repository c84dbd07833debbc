namespace Pikku.Akka.Host.Demo;

/// <summary>The settings of the demo, which signs users in without a secret.</summary>
internal sealed class DemoSettings(IConfiguration configuration, IHostEnvironment environment)
{
    // Long enough that renewals are rare, short enough that a token in the log of a proxy has little value.
    private static readonly TimeSpan s_tokenLife = TimeSpan.FromMinutes(15);

    // Clients renew a session when between an eighth and a quarter of its time is left; a shorter life would leave less than a second for that.
    private static readonly TimeSpan s_shortestTokenLife = TimeSpan.FromSeconds(10);

    // A demo user signs in without a secret, so nobody needs a token that lives longer.
    private static readonly TimeSpan s_longestTokenLife = TimeSpan.FromDays(1);

    /// <summary>True if everyone may sign in as any demo user: by default in every environment except production;
    /// <c>Demo:Enabled</c> overrides it.</summary>
    public bool Enabled { get; } = configuration.GetValue("Demo:Enabled", defaultValue: !environment.IsProduction());

    /// <summary>The lifetime of a token: 15 minutes; <c>Demo:TokenLife</c> overrides it. The page renews its session before that.</summary>
    public TimeSpan TokenLife { get; } = ReadTokenLife(configuration);

    private static TimeSpan ReadTokenLife(IConfiguration configuration)
    {
        var life = configuration.GetValue("Demo:TokenLife", s_tokenLife);
        return life >= s_shortestTokenLife && life <= s_longestTokenLife
            ? life
            : throw new InvalidOperationException(
                $"Demo:TokenLife is {life}, but must be between {s_shortestTokenLife} and {s_longestTokenLife}. Write it as hours:minutes:seconds.");
    }
}
