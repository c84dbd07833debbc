namespace Pikku.Akka.Clients;

/// <summary>Removes a handler when it is disposed for the first time.</summary>
internal sealed class PikkuRemoval(Action remove) : IDisposable
{
    private Action? _remove = remove;

    public void Dispose() => Interlocked.Exchange(ref _remove, null)?.Invoke();
}
