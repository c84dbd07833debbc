namespace Pikku.Clients;

/// <summary>The handlers of a topic, and the subscription on the server that they share. The lock of <see cref="PikkuSubscriptions"/>
/// protects it.</summary>
internal sealed class PikkuSubscription(string topic)
{
    public enum Status
    {
        None,
        Subscribing,
        Active,
        Unsubscribing,
    }

    public string Topic { get; } = topic;

    public List<(PikkuSubscriber Handler, IDisposable Events)> Handlers { get; } = new();

    public Status State { get; set; }

    /// <summary>The number of the last request. An answer to an earlier request, and a retry that was planned earlier, have no effect.</summary>
    public int Request { get; set; }

    /// <summary>The number of consecutive requests that failed for another reason than a denial.</summary>
    public int Failures { get; set; }

    /// <summary>Set while the next request waits.</summary>
    public ITimer? Retry { get; set; }

    public void CancelRetry()
    {
        Request++;
        Retry?.Dispose();
        Retry = null;
    }
}
