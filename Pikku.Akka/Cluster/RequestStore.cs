using System.Text.Json;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Replication;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The answers to requests with an idempotency key, on every node as a whole, so that a retry gets the same answer from any node. A retry that comes before the first
/// request has ended is not recognised here. Thread-safe.
/// </summary>
internal sealed class RequestStore(HubClient client, EventHubSettings events, ApiSettings settings, TimeProvider clock, PikkuLog log)
{
    private static readonly byte[] s_noEvent = "null"u8.ToArray(); // the topic has no subscribers

    private StoreIndex Index => client.Requests!;

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
            var topic = Index.TopicOf(key);
            var hubEvent = EventEncoder.EncodeKeyed(topic, s_noEvent, new KeyedWrite(key, value, null), Index.Options, int.MaxValue, isReplicatedToAll: true);
            var call = client.Begin(isPublish: true, hubEvent.Size + value.Length);
            client.Tell(call, topic, new HubProtocol.Publish(call, hubEvent));
            await client.OutcomeAsync(call);
        }
        catch (EventHubException e)
        {
            log.AnswerNotKept(e);
        }
    }
}
