using Microsoft.Extensions.Configuration;
using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Settings;

/// <summary>Shortcuts of these specs: load the settings from HOCON or a configuration, or return the problems.</summary>
internal static class Read
{
    public static PikkuSettings Hocon(params string[] texts) => SettingsLoader.Read(SettingsLoader.Load(null, texts));

    public static PikkuSettings Configuration(IConfiguration configuration) =>
        SettingsLoader.Read(SettingsLoader.Load(configuration, []));

    public static IReadOnlyList<string> Problems(params string[] texts) =>
        Assert.Throws<PikkuConfigurationException>(() => Hocon(texts)).Problems;

    public static string Problem(params string[] texts) => Assert.Single(Problems(texts));
}
