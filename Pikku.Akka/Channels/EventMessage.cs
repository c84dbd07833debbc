using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>An event of the hub for a handler that was subscribed with a callback. The handler runs in order with the messages of its connection.</summary>
/// <param name="connection">The connection that owns the subscription.</param>
/// <param name="hubEvent">The event.</param>
/// <param name="handler">The handler.</param>
internal sealed class EventMessage(Connection connection, HubEvent hubEvent, IEventHandler handler) : InboundMessage(connection)
{
    // The estimated memory of an event that waits for a handler, beside its payload: the message to the actor and this object.
    private const int Overhead = 512;

    public override string Kind => "Event";

    public override string SpanName => "event";

    public override bool HasWork => true;

    public override bool NeedsSession => false;

    /// <summary>The topic of the event.</summary>
    public string Topic => hubEvent.Topic;

    /// <summary>The memory that an event is estimated to use while it waits for a handler.</summary>
    public static int WeightOf(HubEvent hubEvent) => Overhead + hubEvent.Message.Length;

    public override void Conclude(IConnectionLife life, Exception? error) => Connection.EventHandled(hubEvent);

    public override void Discard() => Connection.EventHandled(hubEvent);

    public override void LogFailure(in ErrorInfo info, Exception error) => Endpoint.LogHandlerFailure(this, error);

    protected override void BindAction() { }

    protected override void StartWork()
    {
        BeginRun();
        _ = HandleAsync();
    }

    private async Task HandleAsync()
    {
        try
        {
            ValueTask handling;
            using (Ambient.Enter())
            {
                IsInMiddleware = true;
                handling = handler.HandleAsync(hubEvent);
                IsInMiddleware = false;
            }

            await handling.ConfigureAwait(false); // the handler may have installed a synchronization context
        }
        catch (Exception e)
        {
            Fail(e);
        }

        Complete(isReadyForNext: false);
    }
}
