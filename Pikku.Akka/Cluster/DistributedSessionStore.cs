using System.Globalization;
using System.Text;
using System.Text.Json;
using Akka.Actor;
using Akka.DistributedData;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Sessions on all nodes, without a server beside them. A write is made here at once, and waits for the other nodes that respond; a read asks this node, and
/// others only for a session that it does not know. Nobody waits for a node that is silent: it learns what it missed when it is back. Bounded in number and
/// size, forgotten when unused.
/// </summary>
/// <param name="system">The actor system; not made before the first session is wanted.</param>
/// <param name="client">Knows how the other nodes are.</param>
/// <param name="settings">How many and for how long.</param>
/// <param name="cluster">How long other nodes may take.</param>
/// <param name="json">How the application writes JSON.</param>
/// <param name="clock">Measures how long a session is unused.</param>
/// <param name="log">Told what is forgotten.</param>
internal sealed class DistributedSessionStore(
    Func<ActorSystem> system, ClusterClient client, SessionSettings settings, NodeSettings cluster, JsonSerializerOptions json, TimeProvider clock, PikkuLog log)
    : IPikkuSessionStore
{
    // Of the replicated data each entry is gossiped as a whole when nodes meet: many small ones fit into frames, one large one does not.
    private const int Buckets = 256;

    /// <summary>
    /// When a node is silent, the replicator may have chosen it to acknowledge a write, and asks another one after a fifth of the time that it gets. Of
    /// <c>pikku.cluster.silent-after</c> the write takes this part at the most.
    /// </summary>
    private const int PartOfSilence = 5;

    /// <summary>How many of the largest sessions fit into one part: a single one must not drive out all others.</summary>
    private const int MinPerBucket = 4;

    private static readonly LWWDictionary<string, string> Empty = LWWDictionary<string, string>.Empty;

    private readonly Lazy<(IActorRef Replicator, global::Akka.Cluster.UniqueAddress Self, long MaxBucket)> _data = new(() => (
        DistributedData.Get(system()).Replicator, global::Akka.Cluster.Cluster.Get(system()).SelfUniqueAddress, ReplicatedSize.MaxBucket(system())));

    public async ValueTask<IPikkuSession?> GetAsync(string userId, CancellationToken cancellationToken)
    {
        var key = KeyOf(userId);
        // Others may know a session that this node does not: it has just joined, or was silent when the session was stored.
        if (await ReadAsync(key, ReadLocal.Instance, userId, cancellationToken) is not { } entry)
        {
            if (await ReadOthersAsync(key, userId, cancellationToken) is not { } found)
                return null;
            entry = found;
        }

        if (entry.Session(json) is not { } session || session.ExpiresAt <= clock.GetUtcNow())
            return null;
        // Used: it lives on. Not with every look, for each is a message to the other nodes.
        if (entry.Until - clock.GetUtcNow() < settings.StoreLifetime / 2)
            await WriteAsync(key, WriteLocal.Instance, data => Put(data, userId, entry with { Until = clock.GetUtcNow() + settings.StoreLifetime }), cancellationToken);
        return session;
    }

    /// <exception cref="PayloadTooLargeError">The session does not fit into what nodes tell each other.</exception>
    public async ValueTask SetAsync(string userId, IPikkuSession session, CancellationToken cancellationToken)
    {
        // Here and not within the replicator, which would keep to itself what the application's own code throws.
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

    // How long a few of the other nodes may take when others of them are silent.
    private TimeSpan Short => cluster.SilentAfter / PartOfSilence;

    private async Task<Entry?> ReadOthersAsync(LWWDictionaryKey<string, string> key, string userId, CancellationToken cancellationToken)
    {
        // Again when one of them goes meanwhile: those that are left may know the session.
        while (client.Health is { Responsive: > 0 } others)
        {
            var consistency = new ReadFrom(others.Responsive + 1, others.AllRespond ? cluster.RequestTimeout : Short);
            var reading = ReadAsync(key, consistency, userId, cancellationToken);
            if (await Task.WhenAny(reading, others.Worsened) == reading)
                return await reading;
            if (ReferenceEquals(client.Health, others))
                break; // nobody tells of others any more
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

    // In force here when it completes, and on all nodes that respond. Should one fall silent meanwhile, it is told as soon as it can be reached.
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
            key, new WriteTo(others.Responsive + 1, others.AllRespond ? cluster.RequestTimeout : Short), change, cancellationToken);
        if (await Task.WhenAny(writing, others.Worsened) == writing)
            await writing;
    }

    private async Task WriteAsync(
        LWWDictionaryKey<string, string> key, IWriteConsistency consistency,
        Func<LWWDictionary<string, string>, LWWDictionary<string, string>> change, CancellationToken cancellationToken)
    {
        var response = await _data.Value.Replicator.Ask<IUpdateResponse>(
            Dsl.Update(key, Empty, consistency, change), 2 * cluster.RequestTimeout, cancellationToken);
        // Too few nodes in time is no failure: this one has it, and the others are told as soon as they can be reached.
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

    // What has ended, and what would be one or some bytes too many; those that were used longest ago end first.
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
