using System.Globalization;
using System.Text.Json;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>The calls of functions of one client that wait for their answers (L).</summary>
/// <param name="settings">Timeout and bound.</param>
/// <param name="clock">Measures the timeout.</param>
/// <param name="awaiting">Told when the first answer is awaited, and when none is any more.</param>
internal sealed class RemoteCalls(RemoteSettings settings, TimeProvider clock, Action<bool> awaiting)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TaskCompletionSource<JsonElement?>> _open = [];
    private readonly HashSet<string> _pending = [];
    private int _lastId;
    private int _count;
    private bool _closed;

    /// <summary>True while an answer is awaited: only then are incoming messages looked through for one.</summary>
    public bool Any => Volatile.Read(ref _count) > 0;

    /// <summary>Sends a call and waits for its answer.</summary>
    /// <exception cref="ClientCallException">There is none; the reason says why.</exception>
    public async ValueTask<JsonElement?> CallAsync(Action<string> send, string function, CancellationToken cancellationToken)
    {
        var answer = new TaskCompletionSource<JsonElement?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var id = Open(answer, function);
        try
        {
            send(id);
            return await WaitAsync(id, answer.Task, function, cancellationToken);
        }
        finally
        {
            Forget(id);
        }
    }

    /// <summary>Takes an answer of the client; one that nobody waits for is dropped.</summary>
    /// <returns>True when something waited for it.</returns>
    public bool Answer(string id, bool ok, JsonElement? result, string? errorName, string? errorMessage)
    {
        if (Find(id) is not { } call)
            return false;
        return ok
            ? call.TrySetResult(result)
            : call.TrySetException(new ClientCallException(
                ClientCallErrorReason.Remote, errorName ?? ClientCallException.UnnamedError, errorMessage ?? "The client answered with an error."));
    }

    /// <summary>The client has answered with what can't be read.</summary>
    /// <returns>True when something waited for it.</returns>
    public bool Refuse(string id) => Find(id) is { } call && call.TrySetException(new ClientCallException(
        ClientCallErrorReason.Invalid, ClientCallException.UnnamedError, "The answer is nested too deeply, or has half of a surrogate pair."));

    /// <summary>The client works on it: its clock stops, for it may have to ask a person.</summary>
    /// <returns>True when the clock ran until now.</returns>
    public bool Pending(string id)
    {
        lock (_gate)
            return _open.ContainsKey(id) && _pending.Add(id);
    }

    /// <summary>The connection has gone: fails what is open.</summary>
    public void Close()
    {
        TaskCompletionSource<JsonElement?>[] open;
        lock (_gate)
        {
            _closed = true;
            open = [.. _open.Values];
        }

        foreach (var call in open)
            call.TrySetException(Closed());
    }

    private static ClientCallException Closed() =>
        new(ClientCallErrorReason.Closed, ClientCallException.UnnamedError, "The connection has gone.");

    private string Open(TaskCompletionSource<JsonElement?> answer, string function)
    {
        lock (_gate)
        {
            if (_closed)
                throw Closed();
            if (_open.Count >= settings.MaxOpen)
                throw new ClientCallException(ClientCallErrorReason.Invalid, ClientCallException.UnnamedError,
                    $"{settings.MaxOpen} calls of this client are open (pikku.remote.max-open); '{function}' was not called.");
            var id = (++_lastId).ToString(CultureInfo.InvariantCulture);
            _open.Add(id, answer);
            Count();
            return id;
        }
    }

    private async Task<JsonElement?> WaitAsync(string id, Task<JsonElement?> answer, string function, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.WaitAsync(settings.Timeout, clock, cancellationToken);
        }
        catch (TimeoutException) when (IsPending(id))
        {
            return await answer.WaitAsync(cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new ClientCallException(ClientCallErrorReason.Timeout, ClientCallException.UnnamedError,
                $"The client did not answer '{function}' within {settings.Timeout}.", e);
        }
    }

    private bool IsPending(string id)
    {
        lock (_gate)
            return _pending.Contains(id);
    }

    private TaskCompletionSource<JsonElement?>? Find(string id)
    {
        lock (_gate)
            return _open.GetValueOrDefault(id);
    }

    private void Forget(string id)
    {
        lock (_gate)
        {
            _open.Remove(id);
            _pending.Remove(id);
            Count();
        }
    }

    private void Count()
    {
        var before = _count;
        Volatile.Write(ref _count, _open.Count);
        if (before == 0 != (_open.Count == 0))
            awaiting(_open.Count > 0);
    }
}
