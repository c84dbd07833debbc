using System.Collections.Concurrent;
using System.Text.Json;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The answers to requests with an idempotency key, on every node as a whole, so that a retry gets the same answer from any node. A retry that comes before the first
/// request has ended is recognised on the same node only. Thread-safe.
/// </summary>
internal sealed class RequestStore(HubClient client, EventHubSettings events, ApiSettings settings, TimeProvider clock, PikkuLog log)
{
    private readonly ConcurrentDictionary<string, bool> _running = new(StringComparer.Ordinal);

    private StoreIndex Index => client.Requests!;

    /// <summary>Notes that this node carries a request out, until <see cref="End"/>.</summary>
    /// <returns>False when it does so already: the outcome is not known yet.</returns>
    public bool TryBegin(string key) => _running.TryAdd(key, true);

    /// <summary>Notes that this node does not carry a request out any more.</summary>
    public void End(string key) => _running.TryRemove(key, out _);

    /// <summary>Returns the answer to a request; null when it is not known.</summary>
    public async ValueTask<RequestRecord?> FindAsync(string key, CancellationToken cancellationToken)
    {
        await client.StartedAsync(cancellationToken); // before the start this node has no answers yet
        return Index.Find(key) is { Value: { } value } entry && clock.GetMilliseconds() - entry.Time <= settings.IdempotencyLifetime.TotalMilliseconds
            ? JsonSerializer.Deserialize<RequestRecord>(value)
            : null;
    }

    /// <summary>Keeps an answer. It does not fail: the request has been carried out, and its caller has to know.</summary>
    public async Task SaveAsync(string key, RequestRecord record)
    {
        try
        {
            var value = JsonSerializer.SerializeToUtf8Bytes(record);
            if (value.Length > events.MaxEventSize)
                throw new EventHubException(EventHubErrorReason.TooLarge, $"The answer has {value.Length} bytes; pikku.event-hub.max-event-size allows {events.MaxEventSize}.");
            await client.WriteAsync(Index, new KeyedWrite(key, value, null), isReplicatedToAll: true);
        }
        catch (EventHubException e)
        {
            log.AnswerNotKept(e);
        }
    }
}
