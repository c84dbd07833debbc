using Microsoft.Extensions.Primitives;
using Pikku.Akka.Functions.Input;
using Xunit;
using static Pikku.Akka.Tests.Functions.Input.Inputs;
using static Pikku.Akka.Tests.Functions.Input.Reading;

namespace Pikku.Akka.Tests.Functions.Input;

[Trait("Rule", "I2")]
public class OpeningDataSpec
{
    [Fact]
    public async Task Binds_path_and_query_from_text()
    {
        var room = await Bind<Room>(
            "roomId=7&missing", "limit=20&live=true&color=blue&since=2026-01-02&ids=1&ids=2&tags=a,b&access_token=x");
        Assert.Equal((7, 20, true, Color.Blue, new DateOnly(2026, 1, 2)), (room.RoomId, room.Limit, room.Live, room.Color, room.Since));
        Assert.Equal([1L, 2L], room.Ids!);
        Assert.Equal(["a", "b"], room.Tags!);
    }

    [Fact]
    public async Task Fills_in_defaults() => Assert.Equal(new Room(7), await Bind<Room>("roomId=7", ""));

    [Fact]
    public async Task Accepts_a_number_for_an_enumeration_and_names_of_any_case()
    {
        Assert.Equal(Color.Blue, (await Bind<Room>("ROOMID=7", "Color=2")).Color);
        Assert.Equal(Color.Red, (await Bind<Room>("roomid=7", "COLOR=RED")).Color);
    }

    [Theory]
    [InlineData("", "", "roomId: is required")]
    [InlineData("roomId=x", "", "roomId: must be a number")]
    [InlineData("roomId=7", "limit=x&live=maybe", "limit: must be a number\nlive: must be true or false")]
    [InlineData("roomId=7", "limit=1&limit=2", "limit: must be a number")]
    [InlineData("roomId=7", "color=green", "color: must be one of \"red\", \"blue\"")]
    [InlineData("roomId=7", "color=9", "color: is not one of the allowed values")]
    [InlineData("roomId=7", "ids=1&ids=x", "ids[1]: must be a number")]
    [InlineData("roomId=7", "ids=1,x", "ids[1]: must be a number")]
    [InlineData("roomId=7", "limit=101", "limit: The field limit must be between 1 and 100.")]
    public async Task Reports_the_problems(string path, string query, string problems) =>
        Assert.Equal(problems, await Problems<Room>(path, query));

    [Fact]
    public async Task Refuses_a_name_that_has_one_value_in_the_path_and_another_in_the_query()
    {
        Assert.Equal("roomId: has one value in the path and another in the query", await Problems<Room>("roomId=7", "ROOMID=8"));
        Assert.Equal(7, (await Bind<Room>("roomId=7", "roomid=7")).RoomId);
    }

    [Fact]
    public async Task Ignores_what_the_type_does_not_declare_unless_it_keeps_it()
    {
        Assert.Equal(new Closed("x"), await Bind<Closed>("title=x", "access_token=y"));
        Assert.Equal("y", (await Bind<Open>("title=x", "token=y")).Rest["token"].GetString());
        Assert.Equal("y", (await Bind<Dictionary<string, string>>("title=x", "token=y"))["token"]);
        Assert.Equal(default, await Bind<NoData>("title=x", "title=y"));
    }

    private static async Task<string> Problems<T>(string path, string query)
    {
        var error = await Assert.ThrowsAsync<UnprocessableContentError>(() => Bind<T>(path, query));
        return string.Join('\n', error.Details);
    }

    private static async Task<T> Bind<T>(string path, string query)
    {
        var binder = new OpeningDataBinder(Options);
        var parameters = Split(path).Select(p => KeyValuePair.Create(p.Name, p.Value));
        var values = Split(query)
            .GroupBy(p => p.Name, p => p.Value)
            .Select(g => KeyValuePair.Create(g.Key, new StringValues([.. g])));
        return (T)(await binder.BindAsync(typeof(T), parameters, values, Services, CancellationToken.None))!;
    }

    private static IEnumerable<(string Name, string? Value)> Split(string pairs) =>
        from pair in pairs.Split('&', StringSplitOptions.RemoveEmptyEntries)
        let parts = pair.Split('=')
        select (parts[0], parts.Length > 1 ? parts[1] : null);
}
