using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Settings;

public sealed class WrongValueSpec
{
    private const string Size = "Write a size from 1B to 1GiB with its unit (B, kB, KiB, MB, MiB, GB, GiB).";
    private const string Duration = "Write a duration from 1ms to 1d with its unit (ms, s, m, h, d).";
    private const string IdleTimeout = "Write infinite or a duration from 1ms to 365d with its unit (ms, s, m, h, d).";
    private const string Origin = OriginRule.Forms + ".";

    [Theory]
    [InlineData("0", "is out of range")]
    [InlineData("-1", "is out of range")]
    [InlineData("99999999999", "is out of range")]
    [InlineData("99999999999999999999", "cannot be read")]
    [InlineData("1.5", "cannot be read")]
    [InlineData("many", "cannot be read")]
    [InlineData("null", "cannot be read")]
    [InlineData("\"\"", "cannot be read")]
    [InlineData("[1, 2]", "is a list")]
    public void Refuses_a_text_that_is_not_a_number_in_range(string text, string what) => Assert.Equal(
        $"pikku.channel.max-in-flight = {text} {what}. Write a whole number from 1 to 1024.",
        Read.Problem($"pikku.channel.max-in-flight = {text}"));

    [Theory]
    [InlineData("0", "is out of range")]
    [InlineData("Auto", "cannot be read")]
    public void Mentions_auto_where_it_is_legal(string text, string what) => Assert.Equal(
        $"pikku.channel.lanes = {text} {what}. Write auto or a whole number from 1 to 64.",
        Read.Problem($"pikku.channel.lanes = {text}"));

    [Theory]
    [InlineData("65536.5", "cannot be read")]
    [InlineData("1m", "cannot be read")]
    [InlineData("1KB", "cannot be read")]
    [InlineData("0.3B", "cannot be read")]
    [InlineData("-1B", "cannot be read")]
    [InlineData("MiB", "cannot be read")]
    [InlineData("99999999999999999999GiB", "cannot be read")]
    [InlineData("2GiB", "is out of range")]
    [InlineData("0B", "is out of range")]
    public void Refuses_a_text_that_is_not_a_size(string text, string what) => Assert.Contains(
        $"pikku.event-hub.max-event-size = {text} {what}. {Size}", Read.Problems($"pikku.event-hub.max-event-size = {text}"));

    [Theory]
    [InlineData("5", "cannot be read")]
    [InlineData("5seconds", "cannot be read")]
    [InlineData("\"30:00\"", "cannot be read")]
    [InlineData("\"-00:00:05\"", "cannot be read")]
    [InlineData("\"1.00:00:01\"", "is out of range")]
    [InlineData("-5s", "cannot be read")]
    [InlineData("infinite", "cannot be read")]
    [InlineData("99999999999999999999d", "cannot be read")]
    [InlineData("0s", "is out of range")]
    [InlineData("2d", "is out of range")]
    public void Refuses_a_text_that_is_not_a_duration(string text, string what) =>
        Assert.Equal($"pikku.function.timeout = {text.Trim('"')} {what}. {Duration}", Read.Problem($"pikku.function.timeout = {text}"));

    [Fact]
    public void Refuses_a_silence_that_is_shorter_than_the_signs_of_life_of_a_node_and_says_why() => Assert.Equal(
        "pikku.cluster.silent-after = 399ms is out of range. Write a duration from 400ms to 1d with its unit (ms, s, m, h, d); nodes send four signs of life in "
        + "that time, at ticks of 100ms, and would count as silent in less.",
        Read.Problem("pikku.cluster.silent-after = 399ms"));

    [Theory]
    [InlineData("forever", "cannot be read")]
    [InlineData("0ms", "is out of range")]
    public void Mentions_infinite_where_it_is_legal(string text, string what) => Assert.Equal(
        $"pikku.connection.idle-timeout = {text} {what}. {IdleTimeout}", Read.Problem($"pikku.connection.idle-timeout = {text}"));

    [Theory]
    [InlineData("yes")]
    [InlineData("1")]
    [InlineData("On")]
    public void Refuses_a_text_that_is_not_a_switch(string text) =>
        Assert.Equal($"pikku.detailed-errors = {text} is not a switch. Write on or off.", Read.Problem($"pikku.detailed-errors = {text}"));

    [Theory]
    [InlineData("1.5")]
    [InlineData("-0.1")]
    [InlineData("\"1,5\"")]
    [InlineData("1%")]
    [InlineData("NaN")]
    [InlineData("1e-2")]
    public void Refuses_a_text_that_is_not_a_part(string text) => Assert.Equal(
        $"pikku.trace.ratio = {text.Trim('"')} is not a part. Write a number from 0 to 1.", Read.Problem($"pikku.trace.ratio = {text}"));

    [Theory]
    [InlineData("DropOldest")]
    [InlineData("0")]
    public void Refuses_a_text_that_is_not_a_legal_value_and_lists_the_legal_ones(string text) => Assert.Equal(
        $"pikku.outbox.overflow = {text} is not a legal value. Write one of close, drop-oldest, keep-latest.",
        Read.Problem($"pikku.outbox.overflow = {text}"));

    [Fact]
    public void Refuses_an_empty_name() => Assert.Equal(
        "pikku.function.dispatcher = \"\" is empty. Write a name.", Read.Problem("pikku.function.dispatcher = \"\""));

    [Theory]
    [InlineData("app.example.com")]
    [InlineData("https://app.example.com/")]
    [InlineData("https://app.example.com/path")]
    [InlineData("https://user@app.example.com")]
    [InlineData("mailto:someone")]
    public void Refuses_a_text_that_is_not_an_origin(string origin) => Assert.Equal(
        $"pikku.upgrade.origins = {origin} is not a legal item. Write {Origin}",
        Read.Problem($"pikku.upgrade.origins = [\"{origin}\"]"));

    [Fact]
    public void Refuses_a_section_where_a_value_is_expected() => Assert.Equal(
        "pikku.channel.lanes is a value, not a section. Write auto or a whole number from 1 to 64.",
        Read.Problem("pikku.channel.lanes { count = 2 }"));

    [Fact]
    public void Refuses_a_value_where_a_section_is_expected() => Assert.Equal(
        "pikku.channel = 5 is a section. Write pikku.channel { … } with its keys inside.", Read.Problem("pikku.channel = 5"));

    [Fact]
    public void Refuses_a_value_in_place_of_the_root_section() => Assert.Equal(
        "pikku = on is a section. Write pikku { … } with its keys inside.", Read.Problem("pikku = on"));

    [Fact]
    public void Reports_all_problems_at_once_in_order()
    {
        var error = Assert.Throws<PikkuConfigurationException>(() => Read.Hocon(
            """
            pikku {
              detailed-errors = perhaps
              channel.max-in-flight = 0
              channel.max-inflight = 2
              function.timeout = 30
              outbox.overflow = panic
            }
            """));

        Assert.Collection(
            error.Problems,
            problem => Assert.StartsWith("pikku.detailed-errors = perhaps", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("pikku.channel.max-in-flight = 0", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("pikku.function.timeout = 30", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("pikku.outbox.overflow = panic", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith("pikku.channel.max-inflight = 2", problem, StringComparison.Ordinal));
        Assert.All(error.Problems, problem => Assert.Contains(problem, error.Message, StringComparison.Ordinal));
    }
}
