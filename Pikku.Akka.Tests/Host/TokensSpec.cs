using Microsoft.Extensions.Configuration;
using Pikku.Akka.Host.Security;
using Xunit;

namespace Pikku.Akka.Tests.Host;

public sealed class TokensSpec
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_token_gives_the_session_of_its_user_until_it_ends()
    {
        var tokens = Tokens();

        var session = await tokens.SessionOf(tokens.Issue("alice", Life));

        Assert.Equal(new UserSession("alice") { ExpiresAt = _clock.GetUtcNow() + Life }, session);
    }

    [Fact]
    public async Task A_token_is_worth_nothing_once_its_life_is_over()
    {
        var tokens = Tokens();
        var token = tokens.Issue("alice", Life);

        _clock.Now += Life;

        Assert.Null(await tokens.SessionOf(token));
    }

    [Fact]
    public async Task Nodes_without_a_common_key_do_not_take_the_tokens_of_each_other()
    {
        Assert.Null(await Tokens().SessionOf(Tokens().Issue("alice", Life)));
    }

    [Fact]
    public async Task Nodes_with_a_common_key_take_the_tokens_of_each_other()
    {
        const string key = "0123456789abcdef0123456789abcdef";

        Assert.NotNull(await Tokens(key).SessionOf(Tokens(key).Issue("alice", Life)));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    // {"alg":"none"} {"sub":"alice"}
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.")]
    public async Task What_nobody_signed_is_no_token(string text)
    {
        Assert.Null(await Tokens().SessionOf(text));
    }

    private Tokens Tokens(string? key = null) =>
        new(new ConfigurationBuilder().AddInMemoryCollection([new("Jwt:Key", key)]).Build(), _clock);

    private sealed class ManualClock : TimeProvider
    {
        // Whole seconds, as a token has no others.
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
