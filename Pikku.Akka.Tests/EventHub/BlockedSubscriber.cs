namespace Pikku.Akka.Tests.EventHub;

/// <summary>A connection that takes the first event of a topic and returns only when the test says so: the lane of the topic waits for it.</summary>
internal sealed class BlockedSubscriber : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(60); // a test that failed must not keep its thread

    private readonly ManualResetEventSlim _entered = new();
    private readonly ManualResetEventSlim _release = new();
    private readonly RecordingSubscriber _subscriber;

    public BlockedSubscriber(HubNode node, Topic<string> topic)
    {
        _subscriber = node.Connect($"blocked:{topic.Name}");
        _subscriber.OnDeliver = _ =>
        {
            _entered.Set();
            _release.Wait(s_longest);
        };
        Subscribed = node.Hub.SubscribeAsync(topic, _subscriber.Id).AsTask();
    }

    public Task Subscribed { get; }

    public int Received => _subscriber.Received.Count;

    public RecordingSubscriber Subscriber => _subscriber;

    /// <summary>Returns when the lane waits.</summary>
    public void WaitUntilBlocked() => Xunit.Assert.True(_entered.Wait(s_longest));

    public void Release() => _release.Set();

    public void Dispose()
    {
        Release();
        _entered.Dispose();
    }
}
