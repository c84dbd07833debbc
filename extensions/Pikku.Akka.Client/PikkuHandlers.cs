namespace Pikku.Akka.Clients;

/// <summary>The handlers of an event, in the order in which they were added.</summary>
internal sealed class PikkuHandlers<T>
{
    private Action<T>[] _handlers = Array.Empty<Action<T>>();

    public bool IsEmpty => Volatile.Read(ref _handlers).Length == 0;

    public IDisposable Add(Action<T> handler, Action? removed = null)
    {
        // Each registration gets its own delegate, so that a handler which was added twice and removed once remains once.
        Action<T> own = value => handler(value);
        Change(all => all.Append(own).ToArray());
        return new PikkuRemoval(() =>
        {
            Change(all => all.Where(other => other != own).ToArray());
            removed?.Invoke();
        });
    }

    public void Emit(T value, Action<Exception> report)
    {
        foreach (var handler in Volatile.Read(ref _handlers))
        {
            try
            {
                handler(value);
            }
            catch (Exception e)
            {
                report(e);
            }
        }
    }

    private void Change(Func<Action<T>[], Action<T>[]> change)
    {
        Action<T>[] seen;
        do
            seen = Volatile.Read(ref _handlers);
        while (Interlocked.CompareExchange(ref _handlers, change(seen), seen) != seen);
    }
}
