using Microsoft.Extensions.DependencyInjection;

namespace Pikku.Akka;

/// <summary>The wiring among the services of the application.</summary>
internal static class WiringRegistration
{
    /// <summary>What the modules of the application have wired. It is complete from the first time that anything asks for it.</summary>
    public static PikkuBuilder GetWiring(this IServiceProvider provider) => provider.GetRequiredService<PikkuBuilder>().Freeze();
}
