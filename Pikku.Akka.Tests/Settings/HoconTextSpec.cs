using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.Settings;

public sealed class HoconTextSpec
{
    [Theory]
    [InlineData("a {\n  b = 1\n", 1, 3, "never closed")]
    [InlineData("a {\n b {\n c = 1\n}\n", 1, 3, "never closed")]
    [InlineData("{ a = 1", 1, 1, "never closed")]
    [InlineData("a = 1\n}\nb = 2", 2, 1, "has no opening counterpart")]
    [InlineData("{ a = 1 } b = 2", 1, 11, "has no opening counterpart")]
    [InlineData("a = [1, 2\nb = 3", 2, 3, "quotes")]
    [InlineData("a = [1, 2", 1, 5, "list that opens here is never closed")]
    [InlineData("a = [1 }", 1, 5, "list that opens here is never closed")]
    [InlineData("a = 1 ]", 1, 7, "has no opening counterpart")]
    [InlineData("\n a = \"x\nb = 1", 2, 6, "not closed on its line")]
    [InlineData("a = \"\"\"x", 1, 5, "never closed")]
    [InlineData("a = ${b", 1, 5, "never closed")]
    [InlineData("a = \"\\q\"", 1, 6, "escape")]
    [InlineData("a { b 1 }", 1, 5, "'b 1' has no value")]
    [InlineData("a\nb = 1", 1, 1, "'a' has no value")]
    [InlineData("a", 1, 1, "'a' has no value")]
    [InlineData("a =", 1, 1, "a has no value")]
    [InlineData("a { b = }", 1, 5, "b has no value")]
    [InlineData("a = [,1]", 1, 6, "an item has no value")]
    [InlineData("= 5", 1, 1, "is in the place of a key")]
    [InlineData("a { b = 1 }, c = 2", 1, 12, "is in the place of a key")]
    [InlineData("a..b = 1", 1, 1, "empty part")]
    [InlineData("a. = 1", 1, 1, "empty part")]
    [InlineData("a += 1", 1, 3, "cannot stand in a key")]
    [InlineData("a = 1 b = 2", 1, 9, "must be in quotes")]
    [InlineData("a = http://x", 1, 9, "must be in quotes")]
    [InlineData("a = b\\c", 1, 6, "must be in quotes")]
    [InlineData("include \"x.conf\"\na = 1", 1, 1, "include is not supported")]
    [InlineData("a = 1\na = ${?HOME}", 2, 5, "PIKKU__CHANNEL__LANES")]
    public void Reports_the_position_of_an_error(string text, int line, int column, string why)
    {
        var problems = new List<string>();

        Assert.Null(HoconText.Parse(text, "app.conf", problems));

        var problem = Assert.Single(problems);
        Assert.StartsWith($"app.conf, line {line}, column {column}: ", problem, StringComparison.Ordinal);
        Assert.Contains(why, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing but a comment")]
    [InlineData("// a comment\r\n\r\n# and another\r\na = 1\r\n")]
    [InlineData("{ a = 1 }")]
    [InlineData("a = 1, b = 2\nc : 3, # comment\nd = 4 // comment")]
    [InlineData("a { b { c = 1 }\n  d = [1, 2, { e = 1 }]\n  f = [\n  1\n  2,\n  ]\n}")]
    [InlineData("a\n{ b = 1 } c = 2")]
    [InlineData("a.\"b.c\".d = \"quoted \\\" and \\u0041\"\n\"k = {\" = 1")]
    [InlineData("a = \"\"\" several\n lines \" and } \"\"\"")]
    [InlineData("a = 1\nb = ${a}s\nc = x y z 10% a/b/c")]
    [InlineData("a =\n  1")]
    public void Accepts_valid_HOCON(string text)
    {
        var problems = new List<string>();
        Assert.NotNull(HoconText.Parse(text, "app.conf", problems));
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("a = ${a}")]
    [InlineData("a = [1]\na = ${a} [2]")]
    [InlineData("a { b = ${c} }\nc { d = ${a.b} }")]
    public void A_reference_to_itself_is_refused_before_it_overflows_the_stack(string text)
    {
        var problems = new List<string>();
        Assert.Null(HoconText.Parse(text, "app.conf", problems));
        Assert.Contains("refers to itself", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_reference_to_a_missing_key_is_refused()
    {
        var problems = new List<string>();
        Assert.Null(HoconText.Parse("a = ${nowhere}", "app.conf", problems));
        Assert.Contains("nowhere", Assert.Single(problems), StringComparison.Ordinal);
    }
}
