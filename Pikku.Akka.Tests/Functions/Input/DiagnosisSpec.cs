using System.Text.Json;
using Xunit;
using static Pikku.Akka.Tests.Functions.Input.Inputs;
using static Pikku.Akka.Tests.Functions.Input.Reading;

namespace Pikku.Akka.Tests.Functions.Input;

[Trait("Rule", "E4")]
public class DiagnosisSpec
{
    [Fact]
    public async Task Reports_everything_that_is_required_and_missing_at_any_depth() =>
        Assert.Equal(
            "customer: is required\nitems[0].quantity: is required\nitems[1].title: is required\nitems[1].quantity: is required\n" +
            "extras.blue.title: is required\ngift.title: is required",
            await Problems<Order>("""
                {"items":[{"title":"a"},{},{"title":"c","quantity":1}],"extras":{"blue":{"quantity":1}},"gift":{"quantity":1}}
                """));

    [Theory]
    [InlineData("""{"small":"x"}""", "small: must be a number")]
    [InlineData("""{"small":256}""", "small: must be a whole number from 0 to 255")]
    [InlineData("""{"whole":1.5}""", "whole: must be a whole number from -2147483648 to 2147483647")]
    [InlineData("""{"large":{}}""", "large: must be a number")]
    [InlineData("""{"ratio":"1"}""", "ratio: must be a number")]
    [InlineData("""{"price":1e999}""", "price: must be a number from -79228162514264337593543950335 to 79228162514264337593543950335")]
    [InlineData("""{"flag":1}""", "flag: must be true or false")]
    [InlineData("""{"id":"x"}""", "id: must be a UUID")]
    [InlineData("""{"at":"tomorrow"}""", "at: must be a date and time (ISO 8601)")]
    [InlineData("""{"day":"2026-02-30"}""", "day: must be a date (yyyy-MM-dd)")]
    [InlineData("""{"time":"25:00"}""", "time: must be a time of day (hh:mm:ss)")]
    [InlineData("""{"span":1}""", "span: must be a duration (hh:mm:ss)")]
    [InlineData("""{"maybe":true}""", "maybe: must be a number")]
    [InlineData("""{"link":1}""", "link: must be a URL")]
    [InlineData("""{"bytes":"%"}""", "bytes: must be Base64 text")]
    [InlineData("""{"bytes":1}""", "bytes: must be Base64 text")]
    public async Task Reports_what_was_expected(string json, string problem) => Assert.Equal(problem, await Problems<Numbers>(json));

    [Theory]
    [InlineData("[]", "must be an object")]
    [InlineData("1", "must be an object")]
    [InlineData("""{"customer":1,"items":{}}""", "customer: must be a string\nitems: must be a list")]
    [InlineData("""{"customer":"x","items":[1],"extras":[]}""", "items[0]: must be an object\nextras: must be an object")]
    [InlineData("""{"customer":null,"items":null,"gift":null}""", "customer: must not be null\nitems: must not be null")]
    [InlineData("""{"customer":"x","items":[{"title":"a","quantity":null}]}""", "items[0].quantity: must not be null")]
    public async Task Reports_a_value_that_is_not_an_object_or_list_or_is_null(string json, string problems) =>
        Assert.Equal(problems, await Problems<Order>(json));

    [Fact]
    public async Task Accepts_nulls_where_the_application_does()
    {
        var lenient = With(o => o.RespectNullableAnnotations = false);
        Assert.Equal(
            "items[0].quantity: must not be null",
            await Problems<Order>("""{"customer":null,"items":[{"title":null,"quantity":null}]}""", lenient));
        Assert.Equal(JsonValueKind.Null, (await Read<HasData>("""{"data":null}""")).Data.ValueKind);
    }

    [Fact]
    public async Task Reports_unknown_properties_where_the_type_forbids_them()
    {
        Assert.Equal("a: is not known here", await Problems<Closed>("""{"title":"x","a":1}"""));
        Assert.Equal("part.y: is not known here\nb: is not known here", await Problems<Closed>("""{"title":"x","part":{"y":1},"b":2}"""));
    }

    [Theory]
    [InlineData("{}", "kind: is required")]
    [InlineData("""{"kind":"oval"}""", "kind: must be one of \"circle\", \"square\"")]
    [InlineData("""{"kind":7}""", "kind: must be one of \"circle\", \"square\"")]
    [InlineData("""{"kind":"circle"}""", "radius: is required")]
    [InlineData("""{"kind":"square","side":"x"}""", "side: must be a number")]
    public async Task Reports_problems_of_polymorphic_types(string json, string problem) =>
        Assert.Equal(problem, await Problems<Shape>(json));

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("{}x")]
    [InlineData("\u0001")]
    public async Task Reports_text_that_is_not_JSON(string json) =>
        Assert.Equal(json.Length == 0 ? "title: is required" : "is not valid JSON, or nested too deeply", await Problems<Plain>(json));

    [Fact]
    public async Task Reports_JSON_that_is_nested_too_deeply() =>
        Assert.Equal(
            "is not valid JSON, or nested too deeply",
            await Problems<Node>(Many("""{"value":1,"children":[""", 40) + Many("]}", 40)));

    [Fact]
    public async Task Reports_only_the_path_where_a_converter_of_the_application_failed()
    {
        Assert.Equal("price: is not valid", await Problems<Priced>("""{"price":1,"title":"x"}"""));
        Assert.Equal("price: is not valid\ntitle: is required", await Problems<Priced>("""{"price":1}"""));
        Assert.Equal("is not valid", await Problems<Money>("1"));
    }

    [Fact]
    public async Task Accepts_numbers_that_may_be_text() =>
        Assert.Equal("title: is required", await Problems<LooseNumbers>("""{"count":"5"}"""));

    [Theory]
    [InlineData("""{"\ud800":1,"title":7}""")]
    [InlineData("""{"title":"\ud800"}""")]
    public async Task Reports_names_and_texts_that_are_not_valid_Unicode(string json) => Assert.NotEmpty(await Problems<Plain>(json));

    [Fact]
    public async Task Reports_at_most_a_hundred_problems()
    {
        Assert.Equal(100, (await Problems<List<Item>>($"[{Many("{},", 999)}{{}}]")).Split('\n').Length);
        Assert.Equal(100, (await Problems<List<Painted>>($$"""[{{Many("""{"color":9},""", 999)}}{"color":9}]""")).Split('\n').Length);
    }

    private static string Many(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
