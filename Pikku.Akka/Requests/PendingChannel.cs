namespace Pikku.Akka.Requests;

/// <summary>The connection as permissions see it at the upgrade, before it is open: it has its data and services, but can't send and has no state.</summary>
/// <param name="id">The id that the connection will have.</param>
/// <param name="name">The name of the channel.</param>
/// <param name="opening">The opening data; null for none.</param>
/// <param name="services">The services of the request.</param>
/// <param name="aborted">Canceled when the request ends.</param>
internal sealed class PendingChannel(string id, string name, object? opening, IServiceProvider services, CancellationToken aborted) : IPikkuChannel
{
    public string Id => id;

    public string Name => name;

    public bool IsOpen => false;

    public IServiceProvider Services => services;

    public CancellationToken Closed => aborted;

    public T GetOpeningData<T>() =>
        opening is T data ? data : throw new InvalidCastException($"The channel '{name}' declares {opening?.GetType().ToString() ?? "no opening data"}, not {typeof(T)}.");

    public bool TrySend<T>(T message) => false;

    public ValueTask SendAsync<T>(T message, CancellationToken cancellationToken = default) => ValueTask.FromException(NotOpen());

    public ValueTask<TOut?> InvokeAsync<TIn, TOut>(ClientFunction<TIn, TOut> function, TIn? data, CancellationToken cancellationToken = default) =>
        ValueTask.FromException<TOut?>(NotOpen());

    public T? GetState<T>() => default;

    public void SetState<T>(T state) => throw NotOpen();

    public void ClearState() { }

    public void Close(CloseCode code = CloseCode.Normal, string reason = "") => throw NotOpen();

    private static InvalidOperationException NotOpen() => new("The connection is not open yet: its permissions are asked at the upgrade.");
}
