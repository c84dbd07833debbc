using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Pikku.Akka.Functions.Input;
using Xunit;
using static Pikku.Akka.Tests.Functions.Input.Inputs;
using static Pikku.Akka.Tests.Functions.Input.Reading;

namespace Pikku.Akka.Tests.Functions.Input;

[Trait("Rule", "F3")]
public class DeserializeSpec
{
    [Fact]
    public async Task Fills_in_the_defaults_of_missing_properties()
    {
        Assert.Equal(new Plain("x"), await Read<Plain>("""{"title":"x"}"""));
        Assert.Equal(7, (await Read<WithRequired>("""{"name":"x","age":1}""")).Size);
    }

    [Fact]
    public async Task Matches_names_in_any_case_and_ignores_unknown_properties() =>
        Assert.Equal(new Plain("x", 4), await Read<Plain>("""{"TITLE":"x","count":4,"other":[{}]}"""));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData(" null ")]
    [InlineData("{}")]
    public async Task Reads_missing_data_as_an_empty_object_so_that_defaults_apply_and_required_properties_are_reported(string data)
    {
        Assert.Equal(new Numbers(), await Read<Numbers>(data));
        Assert.Equal(default, await Read<(int, int)>(data));
        Assert.Empty(await Read<Dictionary<string, int>>(data));
        Assert.Empty(await Read<JsonObject>(data));
        Assert.Equal("name: is required\nage: is required", await Problems<WithRequired>(data));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    public async Task Keeps_a_null_where_null_is_legal(string data)
    {
        Assert.Equal(JsonValueKind.Null, (await Read<JsonElement>(data)).ValueKind);
        Assert.Null(await Read<JsonNode?>(data));
        Assert.Null(await Read<object?>(data));
        Assert.Null(await Read<int?>(data));
        Assert.Null(new InputReader<Plain?>(Options, acceptsNull: true).Deserialize(Encoding.UTF8.GetBytes(data)));
        Assert.Null(new InputReader<string?>(Options, acceptsNull: true).Deserialize(Encoding.UTF8.GetBytes(data)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    public async Task Requires_data_where_null_is_not_legal(string data)
    {
        Assert.Equal("is required", await Problems<string>(data));
        Assert.Equal("is required", await Problems<int>(data));
        Assert.Equal("is required", await Problems<Color>(data));
        Assert.Equal("is required", await Problems<List<Item>>(data));
        Assert.Equal("is required", await Problems<int[]>(data));
    }

    [Fact]
    public async Task Ignores_the_data_of_a_function_without_input()
    {
        Assert.Equal(default, await Read<NoData>("{\"a\":1}"));
        Assert.Equal(default, await Read<NoData>("no JSON at all"));
    }

    [Fact]
    public async Task Reads_every_kind_of_input()
    {
        Assert.Equal("x", await Read<string>("\"x\""));
        Assert.Equal(5, await Read<int>("5"));
        Assert.True(await Read<bool>("true"));
        Assert.Equal(Color.Blue, await Read<Color>("2"));
        Assert.Equal("1|2", string.Join('|', await Read<int[]>("[1,2]")));
        Assert.Equal([new Item("a", 1)], await Read<List<Item>>("""[{"title":"a","quantity":1}]"""));
        Assert.Equal(1, (await Read<Dictionary<string, int>>("""{"a":1}"""))["a"]);
        Assert.Equal("[1]", (await Read<JsonElement>("[1]")).GetRawText());
        Assert.Equal("[1]", (await Read<JsonNode>("[1]")).ToJsonString());
        Assert.Equal("[1]", (await Read<JsonArray>("[1]")).ToJsonString());
        Assert.Equal("1", Assert.IsType<JsonElement>(await Read<object>("1")).GetRawText());
        Assert.Equal(new Circle(2), await Read<Shape>("""{"radius":2,"kind":"circle"}"""));
        Assert.Equal(1, (await Read<Open>("""{"title":"x","a":1}""")).Rest["a"].GetInt32());
    }

    [Theory]
    [InlineData("""{"tags":"a,b","ids":"1,2"}""", "a|b", "1|2")]
    [InlineData("""{"tags":"a","ids":"-1"}""", "a", "-1")]
    [InlineData("""{"tags":"","ids":""}""", "", "")]
    [InlineData("""{"tags":" a ,,b","ids":[3]}""", " a ||b", "3")]
    [InlineData("""{"tags":["a,b"],"ids":[]}""", "a,b", "")]
    public async Task Splits_a_string_at_its_commas_where_a_list_of_scalars_is_expected(string json, string tags, string ids)
    {
        var lists = await Read<Lists>(json);
        Assert.Equal(tags, string.Join('|', lists.Tags!));
        Assert.Equal(ids, string.Join('|', lists.Ids!));
    }

    [Fact]
    public async Task Splits_nested_lists_and_an_input_that_is_a_list()
    {
        Assert.Equal(["a", "b"], (await Read<Lists>("""{"filter":{"names":"a,b"}}""")).Filter!.Names.Order());
        Assert.Equal("1|2", string.Join('|', await Read<int[]>("\"1,2\"")));
        Assert.Equal([3, 4], (await Read<Matrix>("""{"rows":["1,2","3,4"]}""")).Rows[1]);
        Assert.Equal([Color.Red, Color.Blue], (await Read<Lists>("""{"colors":"1,blue"}""")).Colors!);
    }

    [Theory]
    [InlineData("""{"ids":"1,2"}""")]
    [InlineData("""{"ids":["1",2]}""")]
    public async Task Accepts_lists_whose_numbers_may_be_text(string json) => Assert.Equal([1, 2], (await Read<LooseList>(json)).Ids);

    [Fact]
    public async Task Reports_which_item_of_a_split_list_is_wrong() =>
        Assert.Equal(
            "ids[1]: must be a number\nids[2]: must be a number\ncolors[0]: must be one of \"red\", \"blue\"",
            await Problems<Lists>("""{"ids":"1,x,","colors":"green"}"""));

    [Fact]
    public async Task Coerces_nothing_else_in_a_message() =>
        Assert.Equal(
            "whole: must be a number\nflag: must be true or false\nmaybe: must be a number",
            await Problems<Numbers>("""{"whole":"5","flag":"true","maybe":"1"}"""));

    [Fact]
    public async Task Reads_enumerations_with_the_options_of_the_application()
    {
        var named = With(o => o.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase)));
        Assert.Equal(Color.Blue, (await Read<Painted>("""{"color":"blue"}""", named)).Color);
        Assert.Equal("color: must be one of \"red\", \"blue\"", await Problems<Painted>("""{"color":"green"}""", named));
        Assert.Equal("color: must be one of 1, 2", await Problems<Painted>("""{"color":"blue"}"""));
    }

    [Fact]
    public void Does_not_change_the_options_of_the_application()
    {
        var application = Application();
        _ = new InputReader<Lists>(new InputOptions(application));
        Assert.False(application.IsReadOnly);
        Assert.Empty(application.Converters);
        Assert.Null(application.TypeInfoResolver);
        Assert.Equal(JsonNumberHandling.Strict, application.NumberHandling);
    }

    [Fact]
    public void Refuses_an_unreadable_type_before_any_message()
    {
        Assert.Throws<NotSupportedException>(() => new InputReader<Unreadable>(Options));
        Assert.Throws<NotSupportedException>(() => new InputReader<List<Unreadable>>(Options));
    }
}
