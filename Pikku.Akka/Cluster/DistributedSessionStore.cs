using System.Globalization;
using System.Text;
using System.Text.Json;
using Akka.Actor;
using Akka.DistributedData;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// A session store that is replicated to all nodes and needs no external server. A write changes this node immediately and waits for the other nodes that
/// respond. A read uses this node, and asks other nodes only for a session that this node does not know. No operation waits for a silent node, which receives
/// the missing changes when it responds again. The number and the size of sessions are limited, and unused sessions expire.
/// </summary>
/// <param name="system">The actor system, which is created when the first session is read or written.</param>
/// <param name="client">Provides the health of the other nodes.</param>
/// <param name="settings">The capacity of the store and the lifetime of sessions.</param>
/// <param name="cluster">The timeouts for other nodes.</param>
/// <param name="json">The JSON options of the application.</param>
/// <param name="clock">Measures the time since a session was used.</param>
/// <param name="log">Logs sessions that are dropped.</param>
/// <param name="background">Observes reads and writes that nobody waits for after a node has become silent.</param>
internal sealed class DistributedSessionStore(
    Func<ActorSystem> system, ClusterClient client, SessionSettings settings, NodeSettings cluster, JsonSerializerOptions json, TimeProvider clock, PikkuLog log,
    BackgroundTasks background)
    : IPikkuSessionStore
{
    // Gossip sends each replicated object as a whole: many small objects fit into a frame, one large object does not.
    private const int Buckets = 256;

    /// <summary>
    /// While a node is silent, the replicator may have selected it to acknowledge a write, and it asks another node only after a fifth of the timeout. The
    /// timeout of such a write is this fraction of <c>pikku.cluster.silent-after</c>.
    /// </summary>
    private const int PartOfSilence = 5;

    /// <summary>The number of sessions of maximum size that fit into one bucket: a single session must not evict all others.</summary>
    private const int MinPerBucket = 4;

    private static readonly LWWDictionary<string, string> Empty = LWWDictionary<string, string>.Empty;

    private readonly Lazy<(IActorRef Replicator, global::Akka.Cluster.UniqueAddress Self, long MaxBucket)> _data = new(() => (
        DistributedData.Get(system()).Replicator, global::Akka.Cluster.Cluster.Get(system()).SelfUniqueAddress, ReplicatedSize.MaxBucket(system())));

    /// <summary>Starts the replication on this node. Sessions are replicated to every node from the start, also to one that nobody has asked for a session yet.</summary>
    public static void Start(ActorSystem system) => DistributedData.Get(system);

    public async ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken)
    {
        var key = KeyOf(userId);
        // Another node may know a session that this node does not know, because this node has just joined or was silent when the session was stored.
        if (await ReadAsync(key, ReadLocal.Instance, userId, cancellationToken) is not { } entry)
        {
            if (await ReadOthersAsync(key, userId, cancellationToken) is not { } found)
                return null;
            entry = found;
        }

        if (entry.Session(json) is not { } session || session.ExpiresAt <= clock.GetUtcNow())
            return null;
        // A session that is used stays alive. Its lifetime is not extended on each read, because each extension is a message to the other nodes.
        if (entry.Until - clock.GetUtcNow() < settings.StoreLifetime / 2)
            await WriteAsync(key, WriteLocal.Instance, data => Put(data, userId, entry with { Until = clock.GetUtcNow() + settings.StoreLifetime }), cancellationToken);
        return session;
    }

    /// <exception cref="PayloadTooLargeError">The session does not fit into a message between nodes.</exception>
    public async ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken)
    {
        // The session is serialized here and not in the replicator, which would hide exceptions of the application's code.
        var entry = Entry.Of(session, clock.GetUtcNow() + settings.StoreLifetime, json);
        if (SizeOf(userId, entry.ToString()) is var size && size > _data.Value.MaxBucket / MinPerBucket)
            throw new PayloadTooLargeError(
                $"The session has {size} bytes; the session store of the cluster takes {_data.Value.MaxBucket / MinPerBucket}. That follows from {SettingsLoader.FrameSize}.");
        await ReplicateAsync(KeyOf(userId), data => Put(data, userId, entry), cancellationToken);
    }

    public async ValueTask ClearAsync(string userId, CancellationToken cancellationToken) =>
        await ReplicateAsync(KeyOf(userId), data => data.Remove(_data.Value.Self, userId), cancellationToken);

    private static LWWDictionaryKey<string, string> KeyOf(string userId)
    {
        var hash = (uint)global::Akka.Util.MurmurHash.StringHash(userId);
        return new LWWDictionaryKey<string, string>(string.Create(CultureInfo.InvariantCulture, $"pikku.sessions.{hash % Buckets}"));
    }

    private static long SizeOf(string userId, string text) => ReplicatedSize.OfEntry(Encoding.UTF8.GetByteCount(userId), Encoding.UTF8.GetByteCount(text));

    // The timeout for the responsive nodes while other nodes are silent.
    private TimeSpan ShortTimeout => cluster.SilentAfter / PartOfSilence;

    private async Task<Entry?> ReadOthersAsync(LWWDictionaryKey<string, string> key, string userId, CancellationToken cancellationToken)
    {
        // If a node stops responding during the read, the read is repeated, because the remaining nodes may know the session.
        while (client.Health is { Responsive: > 0 } others)
        {
            var consistency = new ReadFrom(others.Responsive + 1, others.AllRespond ? cluster.RequestTimeout : ShortTimeout);
            var reading = ReadAsync(key, consistency, userId, cancellationToken);
            if (await Task.WhenAny(reading, others.Worsened) == reading)
                return await reading;
            background.Observe(reading, "Reading a session from other nodes");
            if (ReferenceEquals(client.Health, others))
                break; // the health is not updated any more
        }

        return null;
    }

    private async Task<Entry?> ReadAsync(
        LWWDictionaryKey<string, string> key, IReadConsistency consistency, string userId, CancellationToken cancellationToken)
    {
        var response = await _data.Value.Replicator.Ask<IGetResponse>(Dsl.Get(key, consistency), 2 * cluster.RequestTimeout, cancellationToken);
        return response.IsSuccessful && response.Get(key).TryGetValue(userId, out var text) && Entry.Parse(text) is { } entry && entry.Until > clock.GetUtcNow()
            ? entry
            : null;
    }

    // When this completes, the change is made on this node and on all responsive nodes. A node that becomes silent receives the change when it can be reached.
    private async Task ReplicateAsync(
        LWWDictionaryKey<string, string> key, Func<LWWDictionary<string, string>, LWWDictionary<string, string>> change, CancellationToken cancellationToken)
    {
        var others = client.Health;
        if (others.Responsive == 0)
        {
            await WriteAsync(key, WriteLocal.Instance, change, cancellationToken);
            return;
        }

        var writing = WriteAsync(
            key, new WriteTo(others.Responsive + 1, others.AllRespond ? cluster.RequestTimeout : ShortTimeout), change, cancellationToken);
        if (await Task.WhenAny(writing, others.Worsened) == writing)
            await writing;
        else
            background.Observe(writing, "Writing a session to other nodes");
    }

    private async Task WriteAsync(
        LWWDictionaryKey<string, string> key, IWriteConsistency consistency,
        Func<LWWDictionary<string, string>, LWWDictionary<string, string>> change, CancellationToken cancellationToken)
    {
        var response = await _data.Value.Replicator.Ask<IUpdateResponse>(
            Dsl.Update(key, Empty, consistency, change), 2 * cluster.RequestTimeout, cancellationToken);
        // A timeout is not a failure: this node has the change, and the other nodes receive it when they can be reached.
        if (!response.IsSuccessful && response is not UpdateTimeout)
            throw new ServiceUnavailableError("The session store of the cluster could not be changed.", (response as ModifyFailure)?.Cause);
    }

    private LWWDictionary<string, string> Put(LWWDictionary<string, string> data, string userId, Entry entry)
    {
        var text = entry.ToString();
        foreach (var old in Superfluous(data, userId, SizeOf(userId, text)))
            data = data.Remove(_data.Value.Self, old);
        return data.SetItem(_data.Value.Self, userId, text);
    }

    // The sessions to remove: those that have expired, and the least recently used ones above the capacity or the size of the bucket.
    private List<string> Superfluous(LWWDictionary<string, string> data, string userId, long size)
    {
        var now = clock.GetUtcNow();
        var room = Math.Max(1, settings.StoreCapacity / Buckets) - 1;
        var (superfluous, forgotten) = (new List<string>(), 0);
        foreach (var (key, text) in data.Entries.Where(e => e.Key != userId).OrderByDescending(e => Entry.Parse(e.Value)?.Until ?? default))
        {
            size += SizeOf(key, text);
            if (size > _data.Value.MaxBucket)
                forgotten++;
            else if (room-- > 0 && Entry.Parse(text)?.Until > now)
                continue;
            superfluous.Add(key);
        }

        if (forgotten > 0)
            log.SessionsForgotten(_data.Value.MaxBucket, forgotten);
        return superfluous;
    }

    private readonly record struct Entry(DateTimeOffset Until, string Text)
    {
        private const char Separator = '|';

        public static Entry Of(IPikkuSession session, DateTimeOffset until, JsonSerializerOptions json) => new(until, SessionText.Of(session, json));

        public static Entry? Parse(string text) =>
            text.Split(Separator, 2) is [var until, var session] && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
                ? new Entry(new DateTimeOffset(ticks, TimeSpan.Zero), session)
                : null;

        public IPikkuSession? Session(JsonSerializerOptions options) => SessionText.Parse(Text, options);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Until.UtcTicks}{Separator}{Text}");
    }
}
