using System.Security.Claims;
using System.Text.Json;
using Pikku.Akka.Cluster;
using Pikku.Akka.Sessions;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Sessions;

[Trait("Rule", "G3")]
public sealed class SessionOpenerSpec
{
    private readonly ManualTime _clock = new();
    private readonly MemorySessionStore _store;

    public SessionOpenerSpec() => _store = new MemorySessionStore(100, TimeSpan.FromHours(1), _clock);

    [Fact]
    public async Task Opens_without_a_session_for_a_guest_or_when_the_application_creates_none()
    {
        Assert.Null(Opener(_ => new UserSession { UserId = "ann" }).OpenWithout().Current);
        Assert.Null((await Opener(null).OpenAsync(new ClaimsPrincipal(), default)).Current);
        Assert.Null((await Opener(_ => null).OpenAsync(new ClaimsPrincipal(), default)).Current);
    }

    [Fact]
    public async Task Opens_with_the_session_of_the_token_when_nothing_is_stored()
    {
        var token = new UserSession { UserId = "ann", Role = "admin" };

        Assert.Same(token, await OpenAsync(token));
    }

    [Fact]
    public async Task Restores_the_stored_session_and_overrides_it_by_the_token()
    {
        await _store.SetAsync("ann", new UserSession { UserId = "ann", Role = "guest", Cart = ["book"] }, default);

        var opened = (UserSession?)await OpenAsync(new UserSession { UserId = "ann", Role = "admin" });

        Assert.Equal("admin", opened?.Role);
        Assert.Equal(["book"], opened?.Cart);
    }

    [Fact]
    public async Task Uses_the_scopes_of_the_token_although_more_were_stored()
    {
        await _store.SetAsync("ann", new UserSession { UserId = "ann", Scopes = ["admin"] }, default);

        var opened = await OpenAsync(new UserSession { UserId = "ann", Scopes = [] });

        Assert.Empty(opened!.Scopes);
    }

    [Fact]
    public async Task Uses_only_the_token_when_another_type_was_stored()
    {
        await _store.SetAsync("ann", new TestSession("ann"), default);
        var token = new UserSession { UserId = "ann" };

        Assert.Same(token, await OpenAsync(token));
    }

    [Fact]
    public async Task Uses_only_the_token_when_it_has_no_user()
    {
        var token = new UserSession { UserId = null, Role = "kiosk" };

        Assert.Same(token, await OpenAsync(token));
    }

    [Fact]
    public async Task Ignores_an_expired_stored_session()
    {
        var store = new ForgetfulStore(new UserSession { UserId = "ann", Cart = ["old"], ExpiresAt = _clock.GetUtcNow() });
        var token = new UserSession { UserId = "ann" };

        Assert.Same(token, await OpenAsync(token, store));
    }

    [Fact]
    public async Task Merges_with_the_function_of_the_application()
    {
        await _store.SetAsync("ann", new UserSession { UserId = "ann", Role = "stored" }, default);
        var opener = new SessionOpener(
            _store, _ => new UserSession { UserId = "ann", Role = "token" },
            (stored, token) => new UserSession { UserId = "ann", Role = $"{((UserSession)stored).Role} and {((UserSession)token).Role}" },
            JsonSerializerOptions.Web, _clock);

        var holder = await opener.OpenAsync(new ClaimsPrincipal(), default);

        Assert.Equal("stored and token", ((UserSession?)holder.Current)?.Role);
    }

    private SessionOpener Opener(Func<ClaimsPrincipal, IPikkuSession?>? fromPrincipal, IPikkuSessionStore? store = null) =>
        new(store ?? _store, fromPrincipal, null, JsonSerializerOptions.Web, _clock);

    private async Task<IPikkuSession?> OpenAsync(UserSession token, IPikkuSessionStore? store = null) =>
        (await Opener(_ => token, store).OpenAsync(new ClaimsPrincipal(), default)).Current;

    private sealed record UserSession : IPikkuSession
    {
        public required string? UserId { get; init; }

        public string? Role { get; init; }

        public IReadOnlyList<string>? Cart { get; init; }

        public IReadOnlyCollection<string> Scopes { get; init; } = [];

        public DateTimeOffset? ExpiresAt { get; init; }
    }

    private sealed class ForgetfulStore(IPikkuSession stored) : IPikkuSessionStore
    {
        public ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken) => ValueTask.FromResult<IPikkuSession?>(stored);

        public ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken) => default;

        public ValueTask ClearAsync(string userId, CancellationToken cancellationToken) => default;
    }
}
