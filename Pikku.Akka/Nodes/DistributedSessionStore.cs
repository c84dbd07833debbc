using System.Globalization;
using System.Text.Json;
using Akka.Actor;
using Akka.DistributedData;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Nodes;

/// <summary>
/// Sessions on all nodes, without a server beside them. A write waits for a majority of the nodes and a read asks one, so that a session
/// that was stored on any node is found on every other. Bounded in number, forgotten when unused.
/// </summary>
/// <param name="system">The actor system; not made before the first session is wanted.</param>
/// <param name="settings">How many and for how long.</param>
/// <param name="timeout">How long other nodes may take.</param>
/// <param name="json">How the application writes JSON.</param>
/// <param name="clock">Measures how long a session is unused.</param>
internal sealed class DistributedSessionStore(
    Func<ActorSystem> system, SessionSettings settings, TimeSpan timeout, JsonSerializerOptions json, TimeProvider clock) : ISessionStore
{
    // Of the replicated data each entry is gossiped as a whole when nodes meet: many small ones fit into frames, one large one does not.
    private const int Buckets = 256;

    private static readonly LWWDictionary<string, string> Empty = LWWDictionary<string, string>.Empty;

    private readonly Lazy<(IActorRef Replicator, global::Akka.Cluster.UniqueAddress Self)> _data = new(() =>
        (DistributedData.Get(system()).Replicator, global::Akka.Cluster.Cluster.Get(system()).SelfUniqueAddress));

    public async ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken)
    {
        var key = KeyOf(userId);
        if (await ReadAsync(key, new ReadMajority(timeout), cancellationToken) is not { } found
            || !found.TryGetValue(userId, out var text) || Entry.Parse(text) is not { } entry || entry.Until <= clock.GetUtcNow())
            return null;
        if (entry.Session(json) is not { } session || session.ExpiresAt <= clock.GetUtcNow())
            return null;
        // Used: it lives on. Not with every look, for each is a message to the other nodes.
        if (entry.Until - clock.GetUtcNow() < settings.StoreLifetime / 2)
            await WriteAsync(key, WriteLocal.Instance, data => Put(data, userId, session), cancellationToken);
        return session;
    }

    public async ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken) =>
        await WriteAsync(KeyOf(userId), new WriteMajority(timeout), data => Put(data, userId, session), cancellationToken);

    public async ValueTask ClearAsync(string userId, CancellationToken cancellationToken) =>
        await WriteAsync(KeyOf(userId), new WriteMajority(timeout), data => data.Remove(_data.Value.Self, userId), cancellationToken);

    private static LWWDictionaryKey<string, string> KeyOf(string userId)
    {
        var hash = (uint)global::Akka.Util.MurmurHash.StringHash(userId);
        return new LWWDictionaryKey<string, string>(string.Create(CultureInfo.InvariantCulture, $"pikku.sessions.{hash % Buckets}"));
    }

    private async Task<LWWDictionary<string, string>?> ReadAsync(
        LWWDictionaryKey<string, string> key, IReadConsistency consistency, CancellationToken cancellationToken)
    {
        var response = await _data.Value.Replicator.Ask<IGetResponse>(Dsl.Get(key, consistency), 2 * timeout, cancellationToken);
        if (response.IsSuccessful)
            return response.Get(key);
        // Too few nodes answered: what this one knows is better than nothing.
        return response.IsFailure && consistency is not ReadLocal ? await ReadAsync(key, ReadLocal.Instance, cancellationToken) : null;
    }

    // Too few nodes in time is no failure: this one has it, and the others are told as soon as they can be reached.
    private Task<IUpdateResponse> WriteAsync(
        LWWDictionaryKey<string, string> key, IWriteConsistency consistency,
        Func<LWWDictionary<string, string>, LWWDictionary<string, string>> change, CancellationToken cancellationToken) =>
        _data.Value.Replicator.Ask<IUpdateResponse>(Dsl.Update(key, Empty, consistency, change), 2 * timeout, cancellationToken);

    private LWWDictionary<string, string> Put(LWWDictionary<string, string> data, string userId, IPikkuSession session)
    {
        var now = clock.GetUtcNow();
        foreach (var old in Superfluous(data, userId, now))
            data = data.Remove(_data.Value.Self, old);
        return data.SetItem(_data.Value.Self, userId, Entry.Of(session, now + settings.StoreLifetime, json));
    }

    // What has ended, and what would be one too many; those that were used longest ago end first.
    private IEnumerable<string> Superfluous(LWWDictionary<string, string> data, string userId, DateTimeOffset now)
    {
        var entries = data.Entries.Where(e => e.Key != userId).Select(e => (e.Key, Until: Entry.Parse(e.Value)?.Until ?? default)).OrderByDescending(e => e.Until);
        var room = Math.Max(1, settings.StoreCapacity / Buckets) - 1;
        return [.. entries.Where((e, index) => e.Until <= now || index >= room).Select(e => e.Key)];
    }

    private readonly record struct Entry(DateTimeOffset Until, string Text)
    {
        private const char Separator = '|';

        public static string Of(IPikkuSession session, DateTimeOffset until, JsonSerializerOptions json) =>
            string.Create(CultureInfo.InvariantCulture, $"{until.UtcTicks}{Separator}{SessionText.Of(session, json)}");

        public static Entry? Parse(string text) =>
            text.Split(Separator, 2) is [var until, var session] && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
                ? new Entry(new DateTimeOffset(ticks, TimeSpan.Zero), session)
                : null;

        public IPikkuSession? Session(JsonSerializerOptions options) => SessionText.Parse(Text, options);
    }
}
