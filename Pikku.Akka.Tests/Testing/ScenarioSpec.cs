using System.Security.Cryptography;
using System.Text;
using Conformance;
using Xunit;

namespace Pikku.Akka.Tests.Testing;

/// <summary>The scenarios of the protocol, played in memory, and what the player says of a step that fails.</summary>
public sealed class ScenarioSpec(ScenarioSpec.Host host) : IClassFixture<ScenarioSpec.Host>
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Scenarios");

    public static TheoryData<string> Names => new(Directory.EnumerateFiles(s_folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_scenario_plays_without_a_port(string name) => PikkuScenario.Load(Path.Combine(s_folder, name + ".json")).PlayAsync(host.App, TokenOf);

    [Theory]
    [InlineData("""{"expect":"A","json":{"n":43,"action":"num"}}""", "but received {\"action\":\"num\",\"result\":42}")]
    [InlineData("""{"expect":"A","match":{"result":[42]}}""", "but received {\"action\":\"num\",\"result\":42}")]
    [InlineData("""{"expect":"A","hex":"00"}""", "but received {\"action\":\"num\",\"result\":42}")]
    [InlineData("""{"silent":"A"}""", "but received {\"action\":\"num\",\"result\":42}")]
    [InlineData("""{"rejected":"/lab","status":404}""", "answered with 101")]
    [InlineData("""{"sse":"B","path":"/live/public:x","status":401}""", "answered with 200")]
    [InlineData("""{"open":"B","path":"/nowhere"}""", "404")]
    [InlineData("""{"dance":"A"}""", "There is no step 'dance'.")]
    public async Task A_step_that_fails_is_named_with_what_came_instead(string step, string reason)
    {
        var scenario = PikkuScenario.Parse(
            $$"""{"name":"broken","rules":["X1"],"about":"a step fails","steps":[{"open":"A","path":"/lab"},{"send":"A","text":"{\"action\":\"num\"}"},{{step}}]}""");

        var failed = await Assert.ThrowsAsync<PikkuExpectationException>(() => scenario.PlayAsync(host.App));

        Assert.Contains("broken [X1]: a step fails", failed.Message, StringComparison.Ordinal);
        Assert.Contains($"Step 3: {step}", failed.Message, StringComparison.Ordinal);
        Assert.Contains(reason, failed.Message, StringComparison.Ordinal);
    }

    // The key of the sample.
    private static string TokenOf(string user)
    {
        var expires = DateTimeOffset.UtcNow.AddHours(1).ToUnixTimeSeconds();
        var signed = $"{Encode("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Encode(Encoding.UTF8.GetBytes($$"""{"sub":"{{user}}","exp":{{expires}}}"""))}";
        return $"{signed}.{Encode(HMACSHA256.HashData("pikku-conformance-key-0123456789abcdef"u8, Encoding.UTF8.GetBytes(signed)))}";
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);

    public sealed class Host : IAsyncLifetime
    {
        internal PikkuTestHost App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await PikkuTestHost.StartAsync<ConformanceSession>(new PikkuTestOptions { UseSystemTime = true });

        public async Task DisposeAsync() => await App.DisposeAsync();
    }
}
