using System.Globalization;
using System.Text.Json;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Channels;

/// <summary>The open calls of client functions of one connection (L).</summary>
/// <param name="settings">The timeout and the limit of open calls.</param>
/// <param name="clock">Measures the timeout.</param>
/// <param name="awaiting">Called with true when the first call opens, and with false when the last one ends.</param>
internal sealed class RemoteCalls(RemoteSettings settings, TimeProvider clock, Action<bool> awaiting)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Call> _open = [];
    private readonly HashSet<string> _pending = [];
    private int _lastId;
    private int _count;
    private bool _closed;

    /// <summary>True while a call is open. Incoming messages are examined for answers only then.</summary>
    public bool HasOpen => Volatile.Read(ref _count) > 0;

    /// <summary>Sends a call and waits for its answer.</summary>
    /// <param name="send">Sends the call with its id.</param>
    /// <param name="function">The name of the function.</param>
    /// <param name="pending">Called when the client has to ask its user; null for nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ClientCallException">The call failed; the exception contains the reason.</exception>
    public async ValueTask<JsonElement?> CallAsync(Action<string> send, string function, Action? pending, CancellationToken cancellationToken)
    {
        var answer = new Call(pending);
        var id = Open(answer, function);
        try
        {
            send(id);
            return await WaitAsync(id, answer.Task, function, cancellationToken);
        }
        finally
        {
            Remove(id);
            answer.Task.IgnoreFailure(); // the client may have failed the call while it was cancelled
        }
    }

    /// <summary>Completes a call with the answer of the client. An answer without an open call is dropped.</summary>
    /// <returns>True when an open call waited for it.</returns>
    public bool Answer(string id, bool ok, JsonElement? result, string? errorName, string? errorMessage)
    {
        if (Find(id) is not { } call)
            return false;
        return ok
            ? call.TrySetResult(result)
            : call.TrySetException(new ClientCallException(
                errorName == ClientCallException.NotExposedError ? ClientCallErrorReason.NotExposed : ClientCallErrorReason.Remote,
                errorName ?? ClientCallException.UnnamedError, errorMessage ?? "The client answered with an error."));
    }

    /// <summary>Fails a call because the answer of the client cannot be read.</summary>
    /// <returns>True when an open call waited for it.</returns>
    public bool FailUnreadable(string id) => Find(id) is { } call && call.TrySetException(new ClientCallException(
        ClientCallErrorReason.Invalid, ClientCallException.UnnamedError, "The answer is nested too deeply or contains an unpaired surrogate."));

    /// <summary>Stops the timeout of a call because the client has reported progress; it may have to wait for its user.</summary>
    /// <returns>True when the timeout was still running.</returns>
    public bool StopTimeout(string id)
    {
        Call? call;
        lock (_gate)
        {
            if (!_open.TryGetValue(id, out call) || !_pending.Add(id))
                return false;
        }

        call.Pending?.Invoke();
        return true;
    }

    /// <summary>Fails all open calls because the connection has ended.</summary>
    public void Close()
    {
        Call[] open;
        lock (_gate)
        {
            _closed = true;
            open = [.. _open.Values];
        }

        foreach (var call in open)
            call.TrySetException(Closed());
    }

    private static ClientCallException Closed() =>
        new(ClientCallErrorReason.Closed, ClientCallException.UnnamedError, "The connection has ended.");

    private string Open(Call answer, string function)
    {
        lock (_gate)
        {
            if (_closed)
                throw Closed();
            if (_open.Count >= settings.MaxOpen)
                throw new ClientCallException(ClientCallErrorReason.Invalid, ClientCallException.UnnamedError,
                    $"'{function}' was not called because {settings.MaxOpen} calls of this client are open already (pikku.remote.max-open).");
            var id = (++_lastId).ToString(CultureInfo.InvariantCulture);
            _open.Add(id, answer);
            UpdateCount();
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

    private Call? Find(string id)
    {
        lock (_gate)
            return _open.GetValueOrDefault(id);
    }

    private void Remove(string id)
    {
        lock (_gate)
        {
            _open.Remove(id);
            _pending.Remove(id);
            UpdateCount();
        }
    }

    private void UpdateCount()
    {
        var before = _count;
        Volatile.Write(ref _count, _open.Count);
        if (before == 0 != (_open.Count == 0))
            awaiting(_open.Count > 0);
    }

    private sealed class Call(Action? pending) : TaskCompletionSource<JsonElement?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public Action? Pending => pending;
    }
}
