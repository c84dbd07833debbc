using System.Text;
using Microsoft.Extensions.Configuration;
using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Settings;

public sealed class PrecedenceSpec : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("pikku-settings-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Each_source_overrides_the_previous_ones_key_by_key()
    {
        var first = File("pikku.conf", "pikku.limits { messages-per-second = 1, message-burst = 11, connections-per-node = 111 }");
        var second = File(
            "production.conf", "pikku.limits { message-burst = 12, connections-per-node = 112, connections-per-address = 1112 }");
        var configuration = new ConfigurationBuilder()
            .AddCommandLine(["--pikku:limits:subscriptions-per-connection=14"])
            .Build();

        var limits = SettingsLoader.Read(SettingsLoader.Load(
            configuration,
            [
                "pikku.limits { connections-per-node = 113\n subscriptions-per-connection = 13 }",
                "pikku.limits.connections-per-address = 1113",
            ],
            [first, second])).Limits;

        Assert.Equal(1, limits.MessagesPerSecond);
        Assert.Equal(12, limits.MessageBurst);
        Assert.Equal(113, limits.ConnectionsPerNode);
        Assert.Equal(1113, limits.ConnectionsPerAddress);
        Assert.Equal(14, limits.SubscriptionsPerConnection);
        Assert.Equal(5, limits.ViolationCost);
    }

    [Fact]
    public void A_file_that_does_not_exist_is_skipped() => Assert.NotNull(
        SettingsLoader.Read(SettingsLoader.Load(null, [], [Path.Combine(_directory.FullName, "missing.conf")])));

    [Fact]
    public void All_files_and_texts_that_do_not_parse_are_reported_with_their_position()
    {
        var file = File("pikku.conf", "pikku {\n  channel { lanes = 2\n}");

        var error = Assert.Throws<PikkuConfigurationException>(() => SettingsLoader.Load(null, ["", "pikku.channel.lanes"], [file]));

        Assert.Collection(
            error.Problems,
            problem => Assert.StartsWith($"{file}, line 1, column 7: ", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("text 2 of PikkuBuilder.Configure, line 1, column 1: ", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void The_command_line_overrides_the_environment_regardless_of_the_spelling_of_keys()
    {
        using var variable = new Variable("PIKKU__CONNECTION__IDLE_TIMEOUT", "10s");
        var configuration = new ConfigurationBuilder()
            .AddJsonStream(Json("""{ "Pikku": { "Connection": { "IdleTimeout": "5s", "PingTimeout": "6s" } } }"""))
            .AddEnvironmentVariables(Variable.Prefix)
            .AddCommandLine(["--pikku:connection:idle-timeout=15s"])
            .Build();

        var connection = Read.Configuration(configuration).Connection;

        Assert.Equal(TimeSpan.FromSeconds(15), connection.IdleTimeout);
        Assert.Equal(TimeSpan.FromSeconds(6), connection.PingTimeout);
    }

    [Fact]
    public void The_environment_overrides_appsettings()
    {
        using var variable = new Variable("PIKKU__CONNECTION__CLOSE_TIMEOUT", "10s");
        var configuration = new ConfigurationBuilder()
            .AddJsonStream(Json("""{ "pikku": { "connection": { "close-timeout": "5s" } } }"""))
            .AddEnvironmentVariables(Variable.Prefix)
            .Build();

        Assert.Equal(TimeSpan.FromSeconds(10), Read.Configuration(configuration).Connection.CloseTimeout);
    }

    [Fact]
    public void A_chained_configuration_keeps_its_precedence()
    {
        var inner = new ConfigurationBuilder().AddCommandLine(["--pikku:channel:lanes=2", "--pikku:channel:parallelism=3"]).Build();
        var outer = new ConfigurationBuilder().AddConfiguration(inner).AddCommandLine(["--pikku:channel:LANES=4"]).Build();

        var channel = Read.Configuration(outer).Channel;

        Assert.Equal((4, 3), (channel.Lanes, channel.Parallelism));
    }

    [Fact]
    public void A_configuration_section_counts_as_one_source()
    {
        var whole = new ConfigurationBuilder().AddCommandLine(["--tenant:pikku:channel:lanes=2", "--tenant:akka:loglevel=DEBUG"]).Build();

        var config = SettingsLoader.Load(whole.GetSection("tenant"), []);

        Assert.Equal(2, SettingsLoader.Read(config).Channel.Lanes);
        Assert.Equal("INFO", config.GetString("akka.loglevel"));
    }

    [Theory]
    [InlineData("--pikku:upgrade:origins:0=https://a.example", "--pikku:upgrade:origins:1=https://b.example")]
    [InlineData("--pikku:upgrade:origins=https://a.example,https://b.example")]
    public void Lists_can_be_written_with_numbered_keys_or_commas(params string[] arguments)
    {
        var configuration = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        Assert.Equal(["https://a.example", "https://b.example"], Read.Configuration(configuration).Upgrade.Origins);
    }

    [Fact]
    public void A_list_in_a_stronger_source_replaces_the_whole_list()
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonStream(Json("""{ "pikku": { "upgrade": { "origins": ["https://a.example", "https://b.example"] } } }"""))
            .AddCommandLine(["--pikku:upgrade:origins:0=https://c.example"])
            .Build();

        Assert.Equal(["https://c.example"], Read.Configuration(configuration).Upgrade.Origins);
    }

    [Fact]
    public void Akka_settings_are_read_from_environment_and_command_line_but_not_from_appsettings()
    {
        var configuration = new ConfigurationBuilder()
            .AddCommandLine(["--akka:loglevel=DEBUG", "--akka:cluster:roles:0=front", "--akka:cluster:roles:1=back"])
            .AddJsonStream(Json("""{ "Akka": { "LogLevel": "ERROR", "Anything": { "Else": 1 } } }"""))
            .Build();

        var config = SettingsLoader.Load(configuration, []);

        Assert.Equal("DEBUG", config.GetString("akka.loglevel"));
        Assert.Equal(["front", "back"], config.GetStringList("akka.cluster.roles"));
        Assert.False(config.HasPath("akka.anything"));
    }

    [Fact]
    public void Variables_with_single_underscores_are_not_keys()
    {
        using var host = new Variable("PIKKU_CLUSTER_HOST", "node-1");
        using var own = new Variable("PIKKU", "something else");
        Assert.NotNull(Read.Configuration(new ConfigurationBuilder().AddEnvironmentVariables(Variable.Prefix).Build()));
    }

    [Fact]
    public void A_value_in_the_environment_may_contain_characters_that_HOCON_would_have_to_quote()
    {
        var configuration = new ConfigurationBuilder().AddCommandLine(["--pikku:function:dispatcher=a { b = \"$c\" }"]).Build();
        Assert.Equal("a { b = \"$c\" }", Read.Configuration(configuration).Function.Dispatcher);
    }

    [Fact]
    public void An_error_in_the_environment_is_reported_with_its_path()
    {
        var configuration = new ConfigurationBuilder().AddCommandLine(["--PIKKU:CHANNEL:LANE=2"]).Build();
        var error = Assert.Throws<PikkuConfigurationException>(() => Read.Configuration(configuration));
        Assert.Equal(
            "pikku.channel.lane = 2 is not a setting. Remove it, or write pikku.channel.lanes if that was meant.",
            Assert.Single(error.Problems));
    }

    [Fact]
    public void Two_spellings_of_one_key_in_one_source_are_refused()
    {
        var configuration = new ConfigurationBuilder()
            .AddCommandLine(["--pikku:channel:max-in-flight=2", "--pikku:channel:MAX_IN_FLIGHT=3"]).Build();
        var error = Assert.Throws<PikkuConfigurationException>(() => SettingsLoader.Load(configuration, []));
        Assert.StartsWith(
            "pikku.channel.max-in-flight is set twice in the same source", Assert.Single(error.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_with_keys_below_it_in_one_source_is_refused()
    {
        var configuration = new ConfigurationBuilder().AddCommandLine(["--pikku:channel=1", "--pikku:channel:lanes=2"]).Build();
        var error = Assert.Throws<PikkuConfigurationException>(() => SettingsLoader.Load(configuration, []));
        Assert.StartsWith("pikku.channel = 1 has a value and keys below it", Assert.Single(error.Problems), StringComparison.Ordinal);
    }

    private string File(string name, string text)
    {
        var path = Path.Combine(_directory.FullName, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    private static MemoryStream Json(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Sets a variable for the duration of a test. The prefix hides it from hosts that other tests start at the same time.</summary>
    private sealed class Variable : IDisposable
    {
        public const string Prefix = "PRECEDENCE_SPEC_";

        private readonly string _name;

        public Variable(string name, string value)
        {
            _name = Prefix + name;
            Environment.SetEnvironmentVariable(_name, value);
        }

        public void Dispose() => Environment.SetEnvironmentVariable(_name, null);
    }
}
