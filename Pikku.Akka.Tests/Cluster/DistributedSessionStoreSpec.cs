using System.Text.Json;
using Akka.Actor;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Cluster;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.EventHub;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Limits and expiry of the sessions of a cluster. <see cref="ClusterSpec"/> shows that all nodes have them.</summary>
[Trait("Rule", "G3")]
public sealed class DistributedSessionStoreSpec : IAsyncLifetime
{
    private readonly ManualTime _clock = new();
    private readonly RecordingMeters _meters = new();
    private readonly RecordingLog<PikkuLog> _log = new();
    private ActorSystem _system = null!;

    public async Task InitializeAsync() => (_system, _) = await ClusterMember.StartAsync("akka.loglevel = OFF", null);

    public Task DisposeAsync() => _system.Terminate();

    [Fact]
    public async Task Keeps_what_was_stored_last_until_it_is_cleared()
    {
        var store = Store();
        Assert.Null(await store.GetAsync("ann", default));

        await store.SetAsync("ann", new TestSession("ann"), default);
        await store.SetAsync("ann", new TestSession("ann") { IsReadOnly = true }, default);
        Assert.True((await store.GetAsync("ann", default))?.IsReadOnly);

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
        // One session in each bucket.
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

    [Fact]
    public async Task A_session_whose_code_throws_when_it_is_written_is_an_error_for_the_caller()
    {
        var store = Store();
        await store.SetAsync("eve", new TestSession("eve"), default);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await store.SetAsync("eve", new TouchySession("eve", Touchy.Of(Touchy.NotWritable)), default));

        Assert.Contains("not to be written", error.Message, StringComparison.Ordinal);
        Assert.IsType<TestSession>(await store.GetAsync("eve", default));
    }

    [Fact]
    public async Task A_session_whose_code_throws_when_it_is_read_is_none()
    {
        var store = Store();
        await store.SetAsync("eve", new TouchySession("eve", Touchy.Of(Touchy.NotReadable)), default);
        Assert.Null(await store.GetAsync("eve", default));
    }

    [Fact, Trait("Rule", "T4")]
    public async Task Large_sessions_drive_out_those_that_were_used_longest_ago_so_that_the_rest_still_reaches_other_nodes()
    {
        var store = Store();
        var size = (int)(ReplicatedSize.MaxBucket(_system) / 5);
        // All sessions in one bucket.
        var users = Enumerable.Range(0, 100_000).Select(i => $"user{i}")
            .Where(user => (uint)global::Akka.Util.MurmurHash.StringHash(user) % 256 == 0).Take(8).ToArray();
        foreach (var user in users)
        {
            await store.SetAsync(user, new TouchySession(user, new Touchy { Text = new string('x', size) }), default);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        var kept = new List<string>();
        foreach (var user in users)
            if (await store.GetAsync(user, default) is not null)
                kept.Add(user);
        Assert.Equal(users[^4..], kept);
        Assert.Contains(_log.Entries, entry => entry.Id.Id == 65);
        await Assert.ThrowsAsync<PayloadTooLargeError>(
            async () => await store.SetAsync(users[0], new TouchySession(users[0], new Touchy { Text = new string('x', 2 * size) }), default));
    }

    private DistributedSessionStore Store(string hocon = "")
    {
        var settings = SettingsLoader.Read(SettingsLoader.Load(null, [hocon]));
        var log = new PikkuLog(_log);
        return new DistributedSessionStore(
            () => _system, new ClusterClient(_clock), settings.Session, settings.Cluster, JsonSerializerOptions.Web, _clock, log,
            new BackgroundTasks(log, new PikkuMetrics(_meters)));
    }
}
