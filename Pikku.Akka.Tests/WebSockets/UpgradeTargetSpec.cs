using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Percent-encoded path and query of an upgrade must be UTF-8; otherwise the upgrade is refused.</summary>
public sealed class UpgradeTargetSpec(SharedLabs labs) : IClassFixture<SharedLabs>
{
    public static TheoryData<string> Malformed() => new()
    {
        "%zz", "%", "%2", "%2g", "%g2", "100%", "%%20", "%u0041",
        "%ff", "%80", "%c3", "%c3x", "%c0%af", "%e0%80%af", "%ed%a0%80", "%f4%90%80%80", "%f8%88%80%80%80", "%e2%82", "%e2%82%2f",
    };

    [Theory]
    [InlineData("%00")]
    [InlineData("a%00b")]
    public async Task A_path_with_a_NUL_is_refused_with_400(string part)
    {
        var lab = await LabAsync();
        await Refuses(lab, "/rooms/" + part, byTheServer: true);
    }

    public static TheoryData<string, string> WellFormed() => new()
    {
        { "a%20b", "a b" }, { "%41", "A" }, { "%C3%A9", "é" }, { "%e2%82%ac", "€" }, { "%F0%9F%98%80", "😀" }, { "%25zz", "%zz" }, { "%01", "\u0001" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    [Trait("Rule", "E6")]
    public async Task A_path_with_malformed_encoding_is_refused_with_400(string part)
    {
        var lab = await LabAsync();
        await Refuses(lab, "/rooms/" + part);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    [Trait("Rule", "E6")]
    public async Task A_query_with_malformed_encoding_is_refused_with_400(string part)
    {
        var lab = await LabAsync();
        await Refuses(lab, "/rooms/1?name=" + part);
        await Refuses(lab, $"/rooms/1?{part}=1");
        await Refuses(lab, $"/lab?x={part}"); // also where nobody declares it
    }

    [Theory]
    [MemberData(nameof(WellFormed))]
    [Trait("Rule", "I2")]
    public async Task Well_formed_values_are_decoded(string part, string value)
    {
        var lab = await LabAsync();

        await using var path = await lab.Raw("/rooms/" + part);
        await using var query = await lab.Raw("/rooms/1?name=" + part);

        Assert.Equal(value, System.Text.Json.JsonDocument.Parse((await path.ReadFrame())!.AsText).RootElement.GetProperty("id").GetString());
        Assert.Equal(value, System.Text.Json.JsonDocument.Parse((await query.ReadFrame())!.AsText).RootElement.GetProperty("name").GetString());
    }

    public sealed record Room(string Id, string? Name = null);

    private static async Task Refuses(Lab lab, string target, bool byTheServer = false)
    {
        await using var client = await RawClient.Connect(lab.Port);
        await client.Send(RawClient.UpgradeRequest(target));
        var response = await client.ReadResponse();

        Assert.True(response.Status == 400, $"{target}: {response.Status}");
        if (!byTheServer)
            Assert.Equal("Bad Request", response.Problem.GetProperty("title").GetString());
        await lab.Holds(0);
    }

    private Task<Lab> LabAsync() => labs.GetAsync(new LabOptions
    {
        Pikku = p => p.WireChannel("room", c => c.AllowAnonymous().Route<Room>("/rooms/{id}").OnConnect((IPikkuChannel channel) => channel.GetOpeningData<Room>())),
    });
}
