using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Settings;

/// <summary><c>pikku.function.blocking</c>: which functions block, and how many calls of each run at a time.</summary>
public sealed class BlockingFunctionsSpec
{
    [Fact]
    public void Reads_functions_with_their_number_of_calls()
    {
        var function = Read.Hocon("pikku.function.blocking = [\"resize=8\", \"chat:action:send=1024\"]").Function;

        Assert.Equal(8, function.BlockingInstancesOf("resize"));
        Assert.Equal(1024, function.BlockingInstancesOf("chat:action:send"));
        Assert.Null(function.BlockingInstancesOf("other"));
    }

    [Theory]
    [InlineData("resize")]
    [InlineData("resize=")]
    [InlineData("=3")]
    [InlineData("resize=0")]
    [InlineData("resize=1025")]
    [InlineData("resize=-1")]
    [InlineData("resize=many")]
    public void Refuses_any_other_item(string item) => Assert.Equal(
        $"pikku.function.blocking = {item} is not a legal item. Write function=calls, with a number of calls from 1 to 1024.",
        Read.Problem($"pikku.function.blocking = [\"{item}\"]"));

    [Fact]
    public void A_function_that_is_not_wired_is_refused_and_the_error_names_a_wired_one()
    {
        var error = Assert.Throws<PikkuConfigurationException>(() => SettingsLoader.Read(
            SettingsLoader.Load(null, ["pikku.function.blocking = [\"resize=8\", \"rezise=8\"]"]), new HashSet<string> { "resize" }));

        Assert.Equal(
            "pikku.function.blocking names 'rezise', which is not a wired function. Write the name of a wired function, such as resize, or remove it.",
            Assert.Single(error.Problems));
    }

    [Fact]
    public void A_function_that_is_listed_twice_is_refused() => Assert.Equal(
        "pikku.function.blocking names 'resize' 2 times. Write it once, with one number of calls.",
        Read.Problem("pikku.function.blocking = [\"resize=8\", \"resize=9\"]"));
}
