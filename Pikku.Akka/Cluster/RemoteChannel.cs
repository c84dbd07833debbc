using Pikku.Akka.Channels;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Cluster;

/// <summary>A connection of another node, as a function that runs here sees it.</summary>
internal sealed class RemoteChannel(
    string id, ChannelEndpoint runtime, Func<object?> openingData, Action<NodeMessage> tell, Func<CancellationToken> closed) : IPikkuChannel
{
    public string Id { get; } = id;

    public string Name => runtime.Definition.Name;

    /// <summary>As far as is known here.</summary>
    public bool IsOpen => !closed().IsCancellationRequested;

    public IServiceProvider Services => throw NotHere("The services of a connection are");

    public CancellationToken Closed => closed();

    public T OpeningData<T>() => openingData() is T data
        ? data
        : throw new InvalidCastException($"The channel '{Name}' declares {runtime.Definition.OpeningData?.ToString() ?? "no opening data"}, not {typeof(T)}.");

    public void Send<T>(T message)
    {
        // As on the connection's own node, where nothing can be sent any more: a loop that does not look must not fill the link.
        if (IsOpen)
            tell(new NodeMessage.Deliver(
                EventEncoder.EncodeMessage(HubAudience.Channel, Id, message, runtime.Json, runtime.Settings.EventHub.MaxEventSize)));
    }

    public ValueTask SendAsync<T>(T message, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellationToken);
        if (!IsOpen)
            return ValueTask.FromException(Outbox.Ended());
        // As far as this node can say: the outbox is the other node's.
        Send(message);
        return default;
    }

    public ValueTask<TOut?> Remote<TIn, TOut>(string function, TIn? data, CancellationToken cancellationToken = default) =>
        throw NotHere("The functions that a client exposes are");

    public T? GetState<T>() => throw NotHere("The state of a connection is");

    public void SetState<T>(T state) => throw NotHere("The state of a connection is");

    public void ClearState() => throw NotHere("The state of a connection is");

    public void Close(CloseCode code = CloseCode.Normal, string reason = "") => tell(new NodeMessage.CloseChannel(Id, code, reason));

    private static NotSupportedException NotHere(string what) => new(
        $"{what} on the node of the connection, and this function runs on another one (pikku.function.placement). Let it run there, or "
        + "hand over what it needs in its input.");
}
