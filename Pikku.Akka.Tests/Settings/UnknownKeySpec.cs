using Akka.Configuration;
using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Settings;

public sealed class UnknownKeySpec
{
    [Theory]
    [InlineData("pikku.connection.idle-timout = 5s", "pikku.connection.idle-timeout")]
    [InlineData("pikku.conection.idle-timeout = 5s", "pikku.connection.idle-timeout")]
    [InlineData("pikku.Connection.Idle-Timeout = 5s", "pikku.connection.idle-timeout")]
    [InlineData("pikku.idle-timeout = 5s", "pikku.connection.idle-timeout")]
    [InlineData("pikku.channel.lane = 5s", "pikku.channel.lanes")]
    [InlineData("pikku.connection.idle-tiemout = 5s", "pikku.connection.idle-timeout")]
    public void Suggests_the_nearest_known_key(string hocon, string meant)
    {
        var path = hocon.Split(' ')[0];
        Assert.Equal($"{path} = 5s is not a setting. Remove it, or write {meant} if that was meant.", Read.Problem(hocon));
    }

    [Theory]
    [InlineData("pikku.foo")]
    [InlineData("pikku.cluster.x")]
    [InlineData("pikku.connection.color")]
    [InlineData("pikku.secret")]
    public void Suggests_nothing_when_no_key_is_near(string path) =>
        Assert.Equal($"{path} = 5s is not a setting. Remove it; docs/operating.md lists all settings.", Read.Problem($"{path} = 5s"));

    [Fact]
    public void Keys_outside_of_pikku_are_not_checked() =>
        Assert.Equal(5, Read.Hocon("my-application { pikku = 1, anything = goes }\npikku.channel.lanes = 5").Channel.Lanes);

    [Fact]
    public void A_long_value_is_shortened() =>
        Assert.Contains(
            $"= {new string('x', 80)}… is not", Read.Problem($"pikku.secret = {new string('x', 200)}"), StringComparison.Ordinal);

    [Fact]
    public void A_missing_key_is_an_error_because_the_code_has_no_defaults()
    {
        var error = Assert.Throws<PikkuConfigurationException>(() => SettingsLoader.Read(ConfigurationFactory.ParseString("akka {}")));
        Assert.Contains("pikku.outbox.overflow has no value. Write one of close, drop-oldest, keep-latest.", error.Problems);
    }
}
