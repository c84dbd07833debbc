using Pikku.Akka.Channels;

namespace Pikku.Akka.Inspection;

/// <summary>A connection for permissions whose decision is explained: they can read it, and can't send to it or change it.</summary>
/// <param name="endpoint">The channel.</param>
/// <param name="connection">The connection; null when there is none.</param>
internal sealed class ExplainedChannel(ChannelEndpoint endpoint, Connection? connection) : IPikkuChannel
{
    public string Id => connection?.Id ?? "";

    public string Name => endpoint.Definition.Name;

    public bool IsOpen => connection?.IsOpen ?? false;

    public IServiceProvider Services => Connection.Services;

    public CancellationToken Closed => connection?.Closed ?? CancellationToken.None;

    private Connection Connection => connection ?? throw new NotSupportedException("The decision is explained for a user who has no connection to this channel.");

    public T GetOpeningData<T>() => Connection.GetOpeningData<T>();

    public T? GetState<T>() => Connection.GetState<T>();

    public bool TrySend<T>(T message) => throw Unchanged();

    public ValueTask SendAsync<T>(T message, CancellationToken cancellationToken = default) => throw Unchanged();

    public ValueTask<TOut?> InvokeAsync<TIn, TOut>(ClientFunction<TIn, TOut> function, TIn? data, CancellationToken cancellationToken = default) => throw Unchanged();

    public void SetState<T>(T state) => throw Unchanged();

    public void ClearState() => throw Unchanged();

    public void Close(CloseCode code = CloseCode.Normal, string reason = "") => throw Unchanged();

    /// <summary>The exception for a change.</summary>
    public static NotSupportedException Unchanged() => new("A decision is being explained, which changes nothing and sends nothing.");
}
