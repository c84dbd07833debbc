using System.Text.Json;
using Akka.Actor;
using Pikku.Akka.Nodes;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.EventHub;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Nodes;

/// <summary>Bounds and ends of the sessions that a cluster keeps; that all nodes have them, <see cref="ClusterSpec"/> shows.</summary>
[Trait("Rule", "G3")]
public sealed class DistributedSessionStoreSpec : IAsyncLifetime
{
    private readonly ManualTime _clock = new();
    private ActorSystem _system = null!;

    public async Task InitializeAsync() => (_system, _) = await ClusterMember.StartAsync("akka.loglevel = OFF", null);

    public Task DisposeAsync() => _system.Terminate();

    [Fact]
    public async Task Keeps_what_was_stored_last_until_it_is_cleared()
    {
        var store = Store();
        Assert.Null(await store.GetAsync("ann", default));

        await store.SetAsync("ann", new TestSession("ann"), default);
        await store.SetAsync("ann", new TestSession("ann") { IsReadonly = true }, default);
        Assert.True((await store.GetAsync("ann", default))?.IsReadonly);

        await store.ClearAsync("ann", default);
        Assert.Null(await store.GetAsync("ann", default));
        await store.SetAsync("ann", new TestSession("ann"), default);
        Assert.NotNull(await store.GetAsync("ann", default));
    }

    [Fact]
    public async Task Forgets_what_is_not_used()
    {
        var store = Store("pikku.session.store-lifetime = 1h");
        await store.SetAsync("ann", new TestSession("ann"), default);

        _clock.Advance(TimeSpan.FromMinutes(50));
        Assert.NotNull(await store.GetAsync("ann", default));
        _clock.Advance(TimeSpan.FromMinutes(50));
        Assert.NotNull(await store.GetAsync("ann", default));
        _clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Null(await store.GetAsync("ann", default));
    }

    [Fact]
    public async Task Gives_no_session_whose_time_is_over()
    {
        var store = Store();
        await store.SetAsync("ann", new TestSession("ann") { ExpiresAt = _clock.GetUtcNow().AddMinutes(1) }, default);

        Assert.NotNull(await store.GetAsync("ann", default));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await store.GetAsync("ann", default));
    }

    [Fact]
    public async Task Keeps_as_many_as_it_may_and_those_that_were_used_last()
    {
        // One in each of its parts.
        var store = Store("pikku.session.store-capacity = 256");
        for (var i = 0; i < 1000; i++)
        {
            await store.SetAsync($"user{i}", new TestSession($"user{i}"), default);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.NotNull(await store.GetAsync("user999", default));
        var kept = 0;
        for (var i = 0; i < 1000; i++)
            if (await store.GetAsync($"user{i}", default) is not null)
                kept++;
        Assert.InRange(kept, 200, 256);
    }

    private DistributedSessionStore Store(string hocon = "")
    {
        var settings = Read(hocon);
        return new DistributedSessionStore(() => _system, settings, TimeSpan.FromSeconds(5), JsonSerializerOptions.Web, _clock);
    }

    private static SessionSettings Read(string hocon) => SettingsLoader.Read(SettingsLoader.Load(null, [hocon])).Session;
}
