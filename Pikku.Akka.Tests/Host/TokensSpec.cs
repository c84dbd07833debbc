using Microsoft.Extensions.Configuration;
using Pikku.Akka.Host.Security;
using Xunit;

namespace Pikku.Akka.Tests.Host;

public sealed class TokensSpec
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(15);
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_token_gives_the_session_of_its_user_until_it_expires()
    {
        var tokens = Tokens();

        var session = await tokens.SessionOf(tokens.Issue("alice", Life));

        Assert.Equal(new UserSession("alice") { ExpiresAt = _clock.GetUtcNow() + Life }, session);
    }

    [Fact]
    public async Task An_expired_token_is_rejected()
    {
        var tokens = Tokens();
        var token = tokens.Issue("alice", Life);

        _clock.Now += Life;

        Assert.Null(await tokens.SessionOf(token));
    }

    [Fact]
    public async Task Nodes_without_a_shared_key_reject_each_others_tokens()
    {
        Assert.Null(await Tokens().SessionOf(Tokens().Issue("alice", Life)));
    }

    [Fact]
    public async Task Nodes_with_a_shared_key_accept_each_others_tokens()
    {
        const string key = "0123456789abcdef0123456789abcdef";

        Assert.NotNull(await Tokens(key).SessionOf(Tokens(key).Issue("alice", Life)));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    // {"alg":"none"} {"sub":"alice"}
    [InlineData("eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.")]
    public async Task A_token_without_a_valid_signature_is_rejected(string text)
    {
        Assert.Null(await Tokens().SessionOf(text));
    }

    private Tokens Tokens(string? key = null) =>
        new(new ConfigurationBuilder().AddInMemoryCollection([new("Jwt:Key", key)]).Build(), _clock);

    private sealed class ManualClock : TimeProvider
    {
        // The times of a token are whole seconds.
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
