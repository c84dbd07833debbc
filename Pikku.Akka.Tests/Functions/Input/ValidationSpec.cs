using Pikku.Akka.Functions.Input;
using Xunit;
using static Pikku.Akka.Tests.Functions.Input.Inputs;
using static Pikku.Akka.Tests.Functions.Input.Reading;

namespace Pikku.Akka.Tests.Functions.Input;

[Trait("Rule", "F3")]
public class ValidationSpec
{
    [Theory]
    [InlineData("""{"name":""}""", "name: The name field is required.")]
    [InlineData("""{"name":"x"}""", "name: The field name must be a string with a minimum length of 2 and a maximum length of 10.")]
    [InlineData("""{"name":"ok","email":"x"}""", "email: The email field is not a valid e-mail address.")]
    [InlineData("""{"name":"ok","age":0}""", "age: The field age must be between 1 and 120.")]
    [InlineData("""{"name":"ok","slug":"A"}""", "slug: The field slug must match the regular expression '^[a-z]+$'.")]
    [InlineData("""{"name":"ok","role":"god"}""", "role: The role field must be one of admin, user.")]
    [InlineData("""{"name":"ok","site":"x"}""", "site: The site field is not a valid fully-qualified http, https, or ftp URL.")]
    [InlineData(
        """{"name":"ok","tags":""}""",
        "tags: The field tags must be a string or collection type with a minimum length of '1' and maximum length of '3'.")]
    [InlineData("""{"name":"ok","ids":[1,2,3]}""", "ids: The field ids must be a string or array type with a maximum length of '2'.")]
    [InlineData("""{"name":"ok","number":3}""", "number: number must be even")]
    public async Task Reports_the_broken_rule(string json, string problem) => Assert.Equal(problem, await Problems<Signup>(json));

    [Fact]
    public async Task Reports_all_broken_rules() =>
        Assert.Equal(
            ["age", "name", "number", "role"],
            (await Problems<Signup>("""{"name":"x","age":0,"role":"","number":1}""")).Split('\n').Select(p => p.Split(':')[0]).Order());

    [Fact]
    public async Task Accepts_valid_input() =>
        Assert.Equal("ok", (await Read<Signup>("""{"name":"ok","email":"a@b.c","tags":"a,b","ids":"1"}""")).Name);

    [Theory]
    [InlineData("""{"name":"t","members":[{"display_name":"ab"},{"display_name":"a"}]}""", "members[1].display_name")]
    [InlineData("""{"name":"t","members":[],"byRole":{"x":{"display_name":"ab"},"y.z":{"display_name":"a"}}}""", "byRole.y.z.display_name")]
    [InlineData("""{"name":"t","members":[],"groups":[[],[{"display_name":"a"}]]}""", "groups[1][0].display_name")]
    [InlineData("""{"name":"t","members":[{"display_name":"ab","address":{"zip":"123456"}}]}""", "members[0].address.zip")]
    public async Task Finds_rules_in_nested_objects_lists_and_dictionaries_and_reports_JSON_paths(string json, string path) =>
        Assert.Equal(path, (await Problems<Team>(json)).Split(": ")[0]);

    [Fact]
    public async Task Finds_rules_in_the_items_of_an_input_that_is_a_list_or_a_dictionary()
    {
        Assert.StartsWith("[1].display_name: ", await Problems<List<Member>>("""[{"display_name":"ab"},{"display_name":"a"}]"""));
        Assert.StartsWith("x.display_name: ", await Problems<Dictionary<string, Member>>("""{"x":{"display_name":"a"}}"""));
        Assert.StartsWith("[0].radius: ", await Problems<Shape[]>("""[{"kind":"circle","radius":11}]"""));
    }

    [Fact]
    public async Task Supports_recursive_types()
    {
        Assert.StartsWith(
            "children[0].children[0].value: ",
            await Problems<Node>("""{"value":1,"children":[{"value":2,"children":[{"value":10}]}]}"""));
        Assert.Equal(9, (await Read<Node>(Deep(30))).Value);
    }

    [Fact]
    public async Task Validates_input_as_deep_as_the_reader_allows() =>
        Assert.Equal(32, (await Problems<Node>(Deep(32, 10))).Split('\n').Length);

    [Fact]
    public async Task Finds_the_rules_of_a_base_type_and_reports_them_once() =>
        Assert.Equal(
            "age: The field age must be between 1 and 20.\n" +
            "name: The field name must be a string or array type with a minimum length of '2'.",
            await Problems<Dog>("""{"name":"x","age":0}"""));

    [Fact]
    public async Task Finds_the_rules_of_the_actual_type() =>
        Assert.Equal("radius: The field radius must be between 0 and 10.", await Problems<Shape>("""{"kind":"circle","radius":-1}"""));

    [Theory]
    [InlineData("""{"from":"2026-02-01","to":"2026-01-01"}""", "ends before it begins", "ends before it begins")]
    [InlineData("""{"from":"1999-01-01","to":"2026-01-01"}""", "from: is too early", "from: is too early")]
    public async Task Runs_objects_that_validate_themselves_and_keeps_their_path(string json, string alone, string nested)
    {
        Assert.Equal(alone, await Problems<Period>(json));
        var place = nested.Contains(": ", StringComparison.Ordinal) ? "." : ": ";
        Assert.Equal($"period{place}{nested}", await Problems<Booking>($$"""{"period":{{json}}}"""));
        const string Valid = """{"from":"2026-01-01","to":"2026-01-01"}""";
        Assert.Equal($"more[1]{place}{nested}", await Problems<Booking>($$"""{"period":{{Valid}},"more":[{{Valid}},{{json}}]}"""));
    }

    [Fact]
    public async Task Passes_rules_the_object_that_contains_them()
    {
        Assert.StartsWith("passwords.again: ", await Problems<Account>("""{"passwords":{"password":"a","again":"b"}}"""));
        Assert.NotNull(await Read<Account>("""{"passwords":{"password":"a","again":"a"}}"""));
    }

    [Fact]
    public async Task Passes_rules_the_services_of_the_call()
    {
        Assert.Equal("code: is unknown", await Problems<NeedsService>("""{"code":"x"}"""));
        Assert.Equal("known", (await Read<NeedsService>("""{"code":"known"}""")).Code);
    }

    [Fact]
    public async Task Runs_rules_of_a_whole_type() =>
        Assert.Equal("total: does not add up", await Problems<Sum>("""{"a":1,"b":1,"total":3}"""));

    [Theory]
    [InlineData("""{"color":0}""", "color: is not one of the allowed values")]
    [InlineData("""{"color":1,"days":4}""", "days: is not one of the allowed values")]
    [InlineData("""{"color":1,"maybe":3}""", "maybe: is not one of the allowed values")]
    [InlineData("""{"color":1,"more":[1,3]}""", "more[1]: is not one of the allowed values")]
    public async Task Refuses_the_numbers_that_an_enumeration_does_not_define(string json, string problem) =>
        Assert.Equal(problem, await Problems<Painted>(json));

    [Fact]
    public async Task Accepts_the_combinations_of_flags() =>
        Assert.Equal(Days.Monday | Days.Tuesday, (await Read<Painted>("""{"color":1,"days":3}""")).Days);

    [Fact]
    public async Task Treats_a_rule_that_throws_as_a_failure_of_the_application()
    {
        await Assert.ThrowsAsync<TimeoutException>(() => Read<Broken>("""{"code":"x"}"""));
        await Assert.ThrowsAsync<InvalidCastException>(() => Read<Mismatched>("""{"number":1}"""));
    }

    [Fact]
    public async Task Refuses_a_text_when_its_pattern_times_out() =>
        Assert.StartsWith("text: ", await Problems<Slow>($$"""{"text":"{{new string('a', 40)}}!"}"""));

    [Fact]
    public async Task Costs_nothing_without_rules()
    {
        var reader = new InputReader<Order>(Options);
        var order = new Order("x", [new Item("a", 1)]);
        Assert.False(reader.HasRules);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            await reader.ValidateAsync(order, Services, CancellationToken.None);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Knows_which_types_have_rules()
    {
        Assert.True(new InputReader<Team>(Options).HasRules);
        Assert.True(new InputReader<Color?>(Options).HasRules);
        Assert.True(new InputReader<Dictionary<string, List<Node>>>(Options).HasRules);
        Assert.False(new InputReader<Plain>(Options).HasRules);
        Assert.False(new InputReader<object>(Options).HasRules);
        Assert.False(new InputReader<NoData>(Options).HasRules);
    }

    private static string Deep(int levels, int value = 9) =>
        string.Concat(Enumerable.Repeat($$"""{"value":{{value}},"children":[""", levels - 1)) + $$"""{"value":{{value}}}""" +
        string.Concat(Enumerable.Repeat("]}", levels - 1));
}
