using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;
using Pikku.Akka.Settings;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>The sessions of a cluster on one of its nodes: limits, expiry, and what an update may override. <see cref="SessionReplicationSpec"/> has the other nodes.</summary>
[Trait("Rule", "T1")]
public sealed class ReplicatedSessionStoreSpec : IAsyncLifetime
{
    private const string Settings = """
        pikku.session { store-capacity = 256, store-max-memory = 160KiB, store-lifetime = 1h }
        pikku.event-hub.max-event-size = 4KiB
        """;

    private LiveNode _node = null!;
    private ReplicatedSessionStore _store = null!;

    public async Task InitializeAsync()
    {
        _node = await LiveNode.StartAsync(_ => { }, Settings);
        var services = _node.Services;
        var settings = services.GetSettings();
        _store = new ReplicatedSessionStore(
            services.GetRequiredService<HubClient>(), settings.Session, settings.EventHub, JsonSerializerOptions.Web, _node.Clock,
            services.GetRequiredService<PikkuLog>(), services.GetRequiredService<SessionMetrics>(), services.GetRequiredService<BackgroundTasks>());
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact, Trait("Rule", "G3")]
    public async Task Keeps_what_was_stored_last_until_it_is_cleared()
    {
        Assert.Null(await GetAsync("ann"));

        await SetAsync("ann");
        await _store.SetAsync("ann", new TestSession("ann") { IsReadOnly = true }, default);
        Assert.True((await GetAsync("ann"))?.IsReadOnly);

        await _store.ClearAsync("ann", default);
        Assert.Null(await GetAsync("ann"));
        await SetAsync("ann");
        Assert.NotNull(await GetAsync("ann"));
    }

    [Fact]
    public async Task Forgets_what_is_not_used_for_its_lifetime()
    {
        await SetAsync("ann");

        _node.Clock.Advance(TimeSpan.FromMinutes(50));
        var before = TimeOf("ann");
        Assert.NotNull(await GetAsync("ann"));
        // The read has published its use, which the lane of the user's session handles before the next write of the user's lane.
        await SetAsync(SameLaneAs("ann"));
        Assert.True(TimeOf("ann") > before);
        _node.Clock.Advance(TimeSpan.FromMinutes(50));
        Assert.NotNull(await GetAsync("ann"));
        await SetAsync(SameLaneAs("ann"));
        _node.Clock.Advance(TimeSpan.FromMinutes(61));
        Assert.Null(await GetAsync("ann"));
    }

    [Fact]
    public async Task The_use_of_a_session_does_not_override_what_was_written_meanwhile()
    {
        await SetAsync("ann");
        var old = _store.GetAsync("ann", default);
        var entry = Index.Find("ann")!;
        await _store.SetAsync("ann", new TestSession("ann") { IsReadOnly = true }, default);
        await old;

        // The same write once more, as another node publishes it that has not received the update.
        var hub = _node.Services.GetRequiredService<HubClient>();
        var write = new KeyedWrite("ann", entry.Value, null) { Stamp = entry.Stamp, Base = entry.Base };
        var topic = Index.TopicOf("ann");
        var call = hub.Begin(isPublish: true);
        hub.Tell(call, topic, new HubProtocol.Publish(call, EventEncoder.EncodeKeyed(topic, "null"u8, write, Index.Options, int.MaxValue)));
        await hub.OutcomeAsync(call);

        Assert.True((await GetAsync("ann"))?.IsReadOnly);
    }

    [Fact]
    public async Task Gives_no_session_whose_time_is_over()
    {
        await _store.SetAsync("ann", new TestSession("ann") { ExpiresAt = _node.Clock.GetUtcNow().AddMinutes(1) }, default);

        Assert.NotNull(await GetAsync("ann"));
        _node.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await GetAsync("ann"));
    }

    [Fact]
    public async Task Keeps_as_many_as_it_may_and_those_that_were_used_last_and_says_that_it_drops_some()
    {
        for (var i = 0; i < 1000; i++)
        {
            await SetAsync($"user{i}");
            _node.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        var kept = await KeptAsync(1000);
        Assert.InRange(kept.Count, 256, 272);
        Assert.True(kept.Min() > 650, $"{kept.Min()} is older than some that were dropped.");
        Assert.Contains(_node.Log.Own, line => line.EventId == 65);
        Assert.Equal(1000 - kept.Count, _node.Meters["pikku.session.dropped"]);
    }

    [Fact]
    public async Task Uses_no_more_memory_than_it_may()
    {
        for (var i = 0; i < 200; i++)
        {
            await _store.SetAsync($"user{i}", new TouchySession($"user{i}", new Touchy { Text = new string('x', 1000) }), default);
            _node.Clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        // Twenty kilobytes for each lane, and about 1.4 for each session.
        Assert.InRange((await KeptAsync(200)).Count, 90, 120);
    }

    [Fact]
    public async Task Removals_that_are_remembered_have_the_bound_of_the_sessions()
    {
        for (var i = 0; i < 2000; i++)
            await _store.ClearAsync($"user{i}", default);

        Assert.InRange(Index.Count, 240, 272);
    }

    [Fact, Trait("Rule", "G3")]
    public async Task A_session_whose_code_throws_when_it_is_written_is_an_error_for_the_caller()
    {
        await SetAsync("eve");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await _store.SetAsync("eve", new TouchySession("eve", Touchy.Of(Touchy.NotWritable)), default));

        Assert.Contains("not to be written", error.Message, StringComparison.Ordinal);
        Assert.IsType<TestSession>(await GetAsync("eve"));
    }

    [Fact, Trait("Rule", "G3")]
    public async Task A_session_whose_code_throws_when_it_is_read_is_none_and_the_log_says_so()
    {
        await _store.SetAsync("eve", new TouchySession("eve", Touchy.Of(Touchy.NotReadable)), default);

        Assert.Null(await GetAsync("eve"));
        Assert.Contains(_node.Log.Own, line => line.EventId == 82);
    }

    [Fact, Trait("Rule", "T4")]
    public async Task A_session_that_does_not_fit_into_an_event_is_refused() => await Assert.ThrowsAsync<PayloadTooLargeError>(
        async () => await _store.SetAsync("eve", new TouchySession("eve", new Touchy { Text = new string('x', 4096) }), default));

    [Fact, Trait("Rule", "G2")]
    public async Task A_session_that_was_computed_before_a_clear_is_refused_after_it()
    {
        await SetAsync("ann");
        var (old, login) = await _store.OpenAsync("ann", default);
        await _store.ClearAsync("ann", default);

        await Assert.ThrowsAsync<InvalidSessionError>(async () => await _store.SetAsync("ann", old!, login, default));
        Assert.Null(await GetAsync("ann"));

        // The next login knows the clear, so that the old session does not override it either.
        await _store.SetAsync("ann", new TestSession("ann") { IsReadOnly = true }, default);
        await Assert.ThrowsAsync<InvalidSessionError>(async () => await _store.SetAsync("ann", old!, login, default));
        Assert.True((await GetAsync("ann"))?.IsReadOnly);
    }

    [Fact, Trait("Rule", "G2")]
    public async Task A_clear_of_one_connection_does_not_end_the_other_logins_of_the_user()
    {
        await SetAsync("ann");
        var (other, login) = await _store.OpenAsync("ann", default);
        await _store.ClearAsync("ann", endsLogins: false, default);
        Assert.Null(await GetAsync("ann"));

        await _store.SetAsync("ann", other!, login, default);

        Assert.NotNull(await GetAsync("ann"));
    }

    [Fact, Trait("Rule", "P11")]
    public async Task The_topics_of_sessions_are_closed_to_the_application()
    {
        var (topic, json) = (Index.TopicOf("ann"), new Topic<JsonElement>(Index.TopicOf("ann")));
        var connection = await _node.ConnectAsync();
        var (state, presence) = (_node.Services.GetRequiredService<IPikkuState>(), _node.Services.GetRequiredService<IPikkuPresence>());

        await RefusedAsync(() => _node.Hub.SubscribeAsync(json, connection.Channel.Id));
        await RefusedAsync(() => _node.Hub.PublishAsync(json, default));
        await RefusedAsync(() => state.SetAsync(new StateTopic<string>(topic), "ann", "x"));
        await RefusedAsync(() => state.RemoveAsync(new StateTopic<string>(topic), "ann"));
        await RefusedAsync(() => presence.JoinAsync(topic, connection.Channel.Id, "x"));

        static async Task RefusedAsync(Func<ValueTask> call) =>
            Assert.Equal(EventHubErrorReason.InvalidTopic, (await Assert.ThrowsAsync<EventHubException>(async () => await call())).Reason);
    }

    private StoreIndex Index => _node.Services.GetRequiredService<HubClient>().Sessions!;

    private ValueTask<IPikkuSession?> GetAsync(string user) => _store.GetAsync(user, default);

    private ValueTask SetAsync(string user) => _store.SetAsync(user, new TestSession(user), default);

    private long TimeOf(string user) => Index.Find(user)!.Time;

    private async Task<List<int>> KeptAsync(int users)
    {
        var kept = new List<int>();
        for (var i = 0; i < users; i++)
            if (await GetAsync($"user{i}") is not null)
                kept.Add(i);
        return kept;
    }

    private static string SameLaneAs(string user) => Enumerable.Range(0, 1000).Select(i => $"other{i}").First(other => Lanes.Of(other) == Lanes.Of(user));
}
