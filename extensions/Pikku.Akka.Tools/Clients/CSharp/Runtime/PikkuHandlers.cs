namespace Pikku.Clients;

/// <summary>Who wants to know of something, in the order in which they said so.</summary>
internal sealed class PikkuHandlers<T>
{
    private Action<T>[] _handlers = Array.Empty<Action<T>>();

    public bool IsEmpty => Volatile.Read(ref _handlers).Length == 0;

    public IDisposable Add(Action<T> handler, Action? removed = null)
    {
        // One of its own for each time: who adds a handler twice and removes it once keeps one.
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
