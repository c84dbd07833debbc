using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka.Settings;

/// <summary>The settings among the services of the application.</summary>
internal static class SettingsRegistration
{
    /// <exception cref="PikkuConfigurationException">The settings are invalid.</exception>
    public static PikkuSettings GetSettings(this IServiceProvider provider) => provider.GetRequiredService<PikkuSettings>();
}
