using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Settings;

public sealed class LegalValueSpec
{
    [Theory]
    [InlineData("65536", 65_536)]
    [InlineData("65536B", 65_536)]
    [InlineData("64KiB", 65_536)]
    [InlineData("64 KiB", 65_536)]
    [InlineData("100kB", 100_000)]
    [InlineData("0.5MB", 500_000)]
    [InlineData("\"1.5KiB\"", 1_536)]
    public void Reads_sizes_with_their_unit_or_in_bytes(string text, int bytes) =>
        Assert.Equal(bytes, Read.Hocon($"pikku.connection.max-message-size = {text}").Connection.MaxMessageSize);

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("2 s", 2_000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("\"00:30:00\"", 1_800_000)]
    [InlineData("\"00:00:00.250\"", 250)]
    public void Reads_durations_with_their_unit_or_all_their_parts(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Read.Hocon($"pikku.function.timeout = {text}").Function.Timeout);

    [Fact]
    public void Reads_infinite_where_it_is_legal()
    {
        var connection = Read.Hocon(
            "pikku.connection { idle-timeout = infinite, ping-interval = infinite, ping-timeout = infinite }").Connection;
        Assert.Equal(Timeout.InfiniteTimeSpan, connection.IdleTimeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, connection.PingInterval);
        Assert.Equal(Timeout.InfiniteTimeSpan, connection.PingTimeout);
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("true", true)]
    [InlineData("off", false)]
    [InlineData("false", false)]
    public void Reads_switches(string text, bool value) =>
        Assert.Equal(value, Read.Hocon($"pikku.upgrade.query-token = {text}").Upgrade.QueryToken);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.01", 0.01)]
    [InlineData("1.0", 1)]
    public void Reads_parts(string text, double value) => Assert.Equal(value, Read.Hocon($"pikku.trace.ratio = {text}").Trace.Ratio);

    [Theory]
    [InlineData("close", OutboxOverflow.Close)]
    [InlineData("drop-oldest", OutboxOverflow.DropOldest)]
    [InlineData("keep-latest", OutboxOverflow.KeepLatest)]
    internal void Reads_choices_in_kebab_case(string text, OutboxOverflow value) =>
        Assert.Equal(value, Read.Hocon($"pikku.outbox.overflow = {text}").Outbox.Overflow);

    [Theory]
    [InlineData("[]")]
    [InlineData("\"\"")]
    public void Reads_an_empty_list(string text) => Assert.Empty(Read.Hocon($"pikku.upgrade.origins = {text}").Upgrade.Origins);

    [Theory]
    [InlineData("[\"https://a.example\", \"http://b.example:8080\"]")]
    [InlineData("\"https://a.example, http://b.example:8080\"")]
    public void Reads_a_list_from_one_text_with_commas(string text) =>
        Assert.Equal(["https://a.example", "http://b.example:8080"], Read.Hocon($"pikku.upgrade.origins = {text}").Upgrade.Origins);

    [Fact]
    public void Reads_a_star_as_any_origin() => Assert.Equal(["*"], Read.Hocon("pikku.upgrade.origins = [\"*\"]").Upgrade.Origins);

    [Fact]
    public void Resolves_auto_to_the_number_of_processors()
    {
        var settings = Read.Hocon("pikku { channel.lanes = auto\n function.instances = auto }");
        Assert.Equal(Math.Min(8, Environment.ProcessorCount), settings.Channel.Lanes);
        Assert.Equal(Environment.ProcessorCount, settings.Function.Instances);
    }

    [Fact]
    public void Accepts_a_number_instead_of_auto() => Assert.Equal(3, Read.Hocon("pikku.channel.lanes = 3").Channel.Lanes);

    [Fact]
    public void Follows_a_reference_to_another_key()
    {
        var settings = Read.Hocon("patience = 7s\npikku.function.timeout = ${patience}\npikku.remote.timeout = ${patience}");
        Assert.Equal(TimeSpan.FromSeconds(7), settings.Function.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(7), settings.Remote.Timeout);
    }
}
