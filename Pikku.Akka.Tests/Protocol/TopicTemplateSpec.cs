using System.Text;
using FsCheck.Xunit;
using Pikku.Akka.Protocol;
using Xunit;

namespace Pikku.Akka.Tests.Protocol;

/// <summary>The names of topics: templates with placeholders, and the escaping of values.</summary>
[Trait("Rule", "O1")]
public sealed class TopicTemplateSpec
{
    [Property(MaxTest = 1000)]
    public void Any_value_comes_back_from_the_name_that_it_gives(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        var template = Parse("board:{id}/cards");

        Assert.True(template.TryMatch(template.Format(value), out var values));
        Assert.True(TopicText.TryUnescape(Assert.Single(values), out var back));
        Assert.Equal(value, back);
    }

    [Property(MaxTest = 1000)]
    public void Different_values_give_different_names(string? one, string? other, string? third, string? fourth)
    {
        var template = Parse("{a}:{b}");
        if (new[] { one, other, third, fourth }.Any(string.IsNullOrEmpty))
            return;

        Assert.Equal((one, other) == (third, fourth), template.Format(one!, other!) == template.Format(third!, fourth!));
    }

    [Property(MaxTest = 1000)]
    public void A_value_has_one_form_only(string? text)
    {
        if (text is null || !TopicText.TryUnescape(text, out var value))
            return;
        var escaped = new StringBuilder();
        TopicText.AppendEscaped(escaped, value);

        Assert.Equal(text, escaped.ToString());
    }

    [Theory]
    [InlineData("a:b", "a%3Ab")]
    [InlineData("a/b", "a%2Fb")]
    [InlineData("100%", "100%25")]
    [InlineData("{x}", "%7Bx%7D")]
    [InlineData("\0\n\u001f\u007f", "%00%0A%1F%7F")]
    [InlineData("grün und blau, ❤ & 😀", "grün und blau, ❤ & 😀")]
    [InlineData("\u0080 a.b-c_d~e+f?g#h", "\u0080 a.b-c_d~e+f?g#h")]
    public void Only_separators_percent_braces_and_control_characters_are_escaped(string value, string escaped) =>
        Assert.Equal($"room:{escaped}", Parse("room:{id}").Format(value));

    [Theory]
    [InlineData("a%62")]
    [InlineData("%3a")]
    [InlineData("%")]
    [InlineData("%3")]
    [InlineData("%zz")]
    [InlineData("a%E4")]
    [InlineData("a\nb")]
    [InlineData("{a}")]
    [InlineData("%253A%")]
    public void An_escape_that_is_not_needed_and_a_missing_one_are_refused(string escaped) => Assert.False(TopicText.TryUnescape(escaped, out _));

    [Theory]
    [InlineData("room:{id}", "room:1", "1")]
    [InlineData("room:{id}", "room:", "")]
    [InlineData("room:{id}", "room", null)]
    [InlineData("room:{id}", "rooms:1", null)]
    [InlineData("room:{id}", "room:1:2", null)]
    [InlineData("room:{id}", "room:1/2", null)]
    [InlineData("room:{id}", "room:1:", null)]
    [InlineData("room:{id}", "ROOM:1", null)]
    [InlineData("room:{id}", "", null)]
    [InlineData("{id}", "", "")]
    [InlineData("{id}", "x", "x")]
    [InlineData("{a}:{b}", "x:y", "x,y")]
    [InlineData("{a}:{b}", ":", ",")]
    [InlineData("{a}/{b}/c", "x/y/c", "x,y")]
    [InlineData("{a}/{b}/c", "x/y/cc", null)]
    [InlineData("a:{b}/c:{d}", "a:1/c:2", "1,2")]
    [InlineData("a:{b}/c:{d}", "a:1:c:2", null)]
    public void A_name_belongs_to_a_family_when_its_parts_fit(string template, string name, string? values)
    {
        Assert.Equal(values is not null, Parse(template).TryMatch(name, out var found));
        Assert.Equal(values, found is null ? null : string.Join(',', found));
        Assert.Equal(values is not null && found!.All(value => value.Length > 0), Parse(template).Matches(name));
    }

    [Theory]
    [InlineData("room:{id", "has unbalanced braces; write each placeholder as {name}")]
    [InlineData("room:id}", "has unbalanced braces; write each placeholder as {name}")]
    [InlineData("room:}id{", "has unbalanced braces; write each placeholder as {name}")]
    [InlineData("room:{{id}}", "has unbalanced braces; write each placeholder as {name}")]
    [InlineData("{a}:b}", "has unbalanced braces; write each placeholder as {name}")]
    [InlineData("room:{}", "has the placeholder '{}', which is not a name; name a property of the key")]
    [InlineData("room:{a b}", "has the placeholder '{a b}', which is not a name; name a property of the key")]
    [InlineData("room:{1a}", "has the placeholder '{1a}', which is not a name; name a property of the key")]
    [InlineData("room{id}", "has the placeholder '{id}' beside other text; put ':' or '/' between them, so that a placeholder is a whole part of the name")]
    [InlineData("{id}.log", "has the placeholder '{id}' beside other text; put ':' or '/' between them, so that a placeholder is a whole part of the name")]
    [InlineData("{a}{b}", "has the placeholder '{a}' beside other text; put ':' or '/' between them, so that a placeholder is a whole part of the name")]
    [InlineData("{a}:{A}", "has the placeholder '{A}' twice; remove one")]
    [InlineData("room", "has no placeholder; declare a single topic without a type of the key, or add {name}")]
    [InlineData("", "has no placeholder; declare a single topic without a type of the key, or add {name}")]
    public void A_template_that_is_wrong_is_refused_with_the_fix(string text, string problem)
    {
        Assert.False(TopicTemplate.TryParse(text, out var template, out var found));
        Assert.Null(template);
        Assert.Equal(problem, found);
    }

    [Theory]
    [InlineData("a:{x}", "{y}:b", true)]
    [InlineData("a:{x}", "a:{y}", true)]
    [InlineData("a:{x}", "a/{y}", false)]
    [InlineData("a:{x}", "b:{y}", false)]
    [InlineData("a:{x}", "a:{y}:c", false)]
    [InlineData("{x}", "a:{y}", false)]
    [InlineData("{x}:{y}", "{z}:b", true)]
    [InlineData("a:{x}:c", "a:b:{y}", true)]
    [InlineData("a:{x}:c", "a:b:{y}:d", false)]
    public void Two_families_overlap_when_one_name_belongs_to_both(string one, string other, bool overlap)
    {
        Assert.Equal(overlap, Parse(one).Overlaps(Parse(other)));
        Assert.Equal(overlap, Parse(other).Overlaps(Parse(one)));
    }

    private static TopicTemplate Parse(string text) =>
        TopicTemplate.TryParse(text, out var template, out var problem) ? template : throw new ArgumentException(problem);
}
