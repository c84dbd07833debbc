using System.Collections.Concurrent;
using System.Text;
using System.Threading.Channels;

using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Support;

namespace Pikku.Akka.Tests.EventHub;

/// <summary>A connection that keeps what it gets. Handlers run at once, as those of an idle connection do.</summary>
internal sealed class RecordingSubscriber(string id, string? user = null) : IEventSubscriber
{
    private readonly Channel<HubEvent> _unread = System.Threading.Channels.Channel.CreateUnbounded<HubEvent>();

    public string Id { get; } = id;

    public string? User { get; } = user;

    public SubscriptionLedger Subscriptions { get; } = new();

    public ConcurrentQueue<HubEvent> Received { get; } = [];

    /// <summary>The topics of which the application has ended the subscription of the client.</summary>
    public ConcurrentQueue<string> Ended { get; } = [];

    public Action<HubEvent>? OnDeliver { get; set; }

    public void Deliver(HubEvent hubEvent)
    {
        OnDeliver?.Invoke(hubEvent);
        Received.Enqueue(hubEvent);
        _unread.Writer.TryWrite(hubEvent);
    }

    public void Deliver(HubEvent hubEvent, IEventHandler handler)
    {
        // What a connection does: a handler that fails is its own affair.
        _ = handler.HandleAsync(hubEvent).AsTask().ContinueWith(t => t.Exception, TaskScheduler.Default);
    }

    public bool KeepsPositions { get; init; }

    public bool HasRoom { get; set; } = true;

    /// <summary>The ticks and the positions that it got, as text.</summary>
    public ConcurrentQueue<string> Positions { get; } = [];

    public void DeliverTick(HubEvent hubEvent) => Positions.Enqueue(Encoding.UTF8.GetString(hubEvent.Tick.Span));

    public void Refresh(EncodedMessage refresh) => Positions.Enqueue(Encoding.UTF8.GetString(refresh.Span));

    public void ClientSubscriptionEnded(string topic) => Ended.Enqueue(topic);

    /// <summary>The text of the next event that was not read yet.</summary>
    public async Task<string> NextAsync() => Text(await NextEventAsync());

    public async Task<HubEvent> NextEventAsync()
    {
        using var timeout = new CancellationTokenSource(Patience.Long);
        return await _unread.Reader.ReadAsync(timeout.Token);
    }

    public static string Text(HubEvent hubEvent) => Encoding.UTF8.GetString(hubEvent.Message.Span);
}
