using Pikku.Akka.Channels;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>A connection of another node for a function that runs on this node.</summary>
internal sealed class RemoteChannel(
    string id, ChannelEndpoint endpoint, Func<object?> openingData, Func<NodeMessage, bool> trySend,
    Func<NodeMessage, CancellationToken, ValueTask> sendAsync, Func<CancellationToken> closed) : IPikkuChannel
{
    private int _waiting;
    private int _isClosing;

    public string Id { get; } = id;

    public string Name => endpoint.Definition.Name;

    /// <summary>True until this node learns that the connection has ended.</summary>
    public bool IsOpen => !closed().IsCancellationRequested;

    public IServiceProvider Services => throw NotHere("The services of a connection are available only");

    public CancellationToken Closed => closed();

    public T GetOpeningData<T>() => openingData() is T data
        ? data
        : throw new InvalidCastException($"The channel '{Name}' declares {endpoint.Definition.OpeningData?.ToString() ?? "no opening data"}, not {typeof(T)}.");

    public bool TrySend<T>(T message)
    {
        endpoint.CheckMessage(typeof(T));
        // After the end of the connection nothing is sent, as on the node of the connection: a loop that ignores the result must not fill the link.
        return IsOpen && trySend(Encode(message));
    }

    public ValueTask SendAsync<T>(T message, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        endpoint.CheckMessage(typeof(T));
        if (!IsOpen)
            return ValueTask.FromException(Outbox.EndedException());
        var max = endpoint.Settings.Outbox.MaxWaiting;
        if (Interlocked.Increment(ref _waiting) > max)
        {
            Interlocked.Decrement(ref _waiting);
            return ValueTask.FromException(new ServiceUnavailableError(
                $"{max} sends of this call wait for room (pikku.outbox.max-waiting). Await each before the next."));
        }

        return SendWhenThereIsRoomAsync(Encode(message), cancellationToken);
    }

    public ValueTask<TOut?> InvokeAsync<TIn, TOut>(ClientFunction<TIn, TOut> function, TIn? data, CancellationToken cancellationToken = default) =>
        throw NotHere("The functions of a client are available only");

    public T? GetState<T>() => throw NotHere("The state of a connection is available only");

    public void SetState<T>(T state) => throw NotHere("The state of a connection is available only");

    public void ClearState() => throw NotHere("The state of a connection is available only");

    // Only the first close is sent, as on the node of the connection: a loop must not fill the link.
    public void Close(CloseCode code = CloseCode.Normal, string reason = "")
    {
        if (Interlocked.Exchange(ref _isClosing, 1) == 0)
            trySend(new NodeMessage.CloseChannel(Id, code, reason));
    }

    // This waits for room on the link to the other node. This node can't wait for room in the outbox, which is on the other node.
    private async ValueTask SendWhenThereIsRoomAsync(NodeMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await sendAsync(message, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private NodeMessage.Deliver Encode<T>(T message) => new(
        EventEncoder.EncodeMessage(HubAudience.Channel, Id, message, endpoint.Json, endpoint.Settings.EventHub.MaxEventSize, endpoint.MessageNameOf(typeof(T))));

    private static NotSupportedException NotHere(string what) => new(
        $"{what} on the node of the connection, and this function runs on another node (pikku.function.placement). Remove its placement, or "
        + "pass the data that it needs in its input.");
}
