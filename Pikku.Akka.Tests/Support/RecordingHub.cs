using System.Collections.Concurrent;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Tests.Support;

/// <summary>A hub that only records its calls. It commits a change of a client at once.</summary>
internal sealed class RecordingHub : IClientHub
{
    public ConcurrentQueue<string> Calls { get; } = [];

    public ValueTask SubscribeAsync<T>(Topic<T> topic, string channelId) => Note($"subscribe {topic} {channelId}");

    public ValueTask SubscribeAsync<T>(Topic<T> topic, string channelId, Func<T, ValueTask> handler) => Note($"handle {topic} {channelId}");

    public ValueTask UnsubscribeAsync<T>(Topic<T> topic, string channelId) => Note($"unsubscribe {topic} {channelId}");

    public ValueTask PublishAsync<T>(Topic<T> topic, T data, PublishOptions options = default) => Note($"publish {topic} {data}");

    public ValueTask ReauthorizeAsync<TEvent>(Topic<TEvent> topic, CancellationToken cancellationToken = default) => Note($"reauthorize {topic}");

    public ValueTask ReauthorizeAsync<TKey, TEvent>(Topic<TKey, TEvent> topic, CancellationToken cancellationToken = default) => Note($"reauthorize {topic}");

    public ValueTask<EventHistory<TEvent>> GetHistoryAsync<TEvent>(Topic<TEvent> topic, int maxEvents = int.MaxValue, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask ChangeAsync(IClientChange change)
    {
        var isCommitted = change is IClientSubscribe subscribe
            ? subscribe.TryCommit(Recovery.None(null)) == SubscribeOutcome.Committed
            : ((IClientEnd)change).TryCommit();
        return Note($"{(change is IClientEnd ? "end" : "begin")} {change.Topic} {change.Subscriber.Id} {isCommitted}");
    }

    public ValueTask JoinAsync(string topic, string channelId, byte[] info) => Note($"join {topic} {channelId}");

    public ValueTask LeaveAsync(string topic, string channelId) => Note($"leave {topic} {channelId}");

    public void NoteDropped(IEventSubscriber subscriber) => Calls.Enqueue($"dropped {subscriber.Id}");

    public ValueTask<EventSubscription<T>> SubscribeAsync<T>(Topic<T> topic, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private ValueTask Note(string call)
    {
        Calls.Enqueue(call);
        return default;
    }
}
