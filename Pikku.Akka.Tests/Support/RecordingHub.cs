using System.Collections.Concurrent;

namespace Pikku.Akka.Tests.Support;

/// <summary>A hub that only records its calls.</summary>
internal sealed class RecordingHub : IEventHub
{
    public ConcurrentQueue<string> Calls { get; } = [];

    public ValueTask SubscribeAsync<T>(Topic<T> topic, string channelId) => Note($"subscribe {topic} {channelId}");

    public ValueTask SubscribeAsync<T>(Topic<T> topic, string channelId, Func<T, ValueTask> handler) => Note($"handle {topic} {channelId}");

    public ValueTask UnsubscribeAsync<T>(Topic<T> topic, string channelId) => Note($"unsubscribe {topic} {channelId}");

    public ValueTask PublishAsync<T>(Topic<T> topic, T data, PublishOptions options = default) => Note($"publish {topic} {data}");

    private ValueTask Note(string call)
    {
        Calls.Enqueue(call);
        return default;
    }
}
