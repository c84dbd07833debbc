namespace Pikku.Akka.Clients;

/// <summary>Opens the connections of a route: asks for the token, then opens the WebSocket.</summary>
internal sealed class PikkuDialer(Uri address, PikkuOptions options)
{
    private string? _token;

    /// <summary>Notes a token that the server has accepted in place of that of the upgrade.</summary>
    public void Replace(string token) => Volatile.Write(ref _token, token);

    /// <summary>Asks the application for a token, but no longer than the token of the operation allows.</summary>
    public Task<string?> AskForTokenAsync(PikkuTokenReason reason, CancellationToken cancellationToken) =>
        options.Token is { } ask ? UntilAsync(ask(reason, cancellationToken), cancellationToken) : Task.FromResult<string?>(null);

    /// <param name="refused">The end of the last connection, if the server did not accept its token.</param>
    /// <param name="life">Canceled when the route is closed.</param>
    public async Task<(PikkuSession? Session, PikkuEnd? Failure)> OpenAsync(PikkuEnd? refused, CancellationToken life)
    {
        using var late = new CancellationTokenSource(options.ConnectTimeout, options.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(life, late.Token);
        try
        {
            var token = await AskForTokenAsync(refused is null ? PikkuTokenReason.Connect : PikkuTokenReason.Refused, either.Token).ConfigureAwait(false);
            token = string.IsNullOrEmpty(token) ? null : token;
            if (refused is not null && token == Volatile.Read(ref _token))
                return (null, refused with { IsClientError = true });
            Volatile.Write(ref _token, token);
        }
        catch (Exception e)
        {
            return (null, new PikkuEnd(null, null, CauseOf(e, late.Token)));
        }

        try
        {
            return (await OpenSessionAsync(either.Token).ConfigureAwait(false), null);
        }
        catch (Exception e)
        {
            var code = e is PikkuRefusedException or WebSocketException ? 1006 : (int?)null;
            return (null, new PikkuEnd(code, null, CauseOf(e, late.Token)) { IsClientError = IsClientError(e) });
        }
    }

    /// <summary>Ignores the failure of a task that has been abandoned.</summary>
    public static void IgnoreFailure(Task task)
    {
        if (!task.IsCompleted)
            _ = task.ContinueWith(
                late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
    }

    private async Task<PikkuSession> OpenSessionAsync(CancellationToken cancellationToken)
    {
        var upgrade = new PikkuUpgrade(PikkuClient.Subprotocol, Volatile.Read(ref _token)) { Compress = options.Compress };
        var connecting = options.Connect(address, upgrade, cancellationToken);
        WebSocket socket;
        try
        {
            socket = await UntilAsync(connecting, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!connecting.IsCompleted)
        {
            // The task ignores its token. If it yields a socket later, nobody uses it.
            _ = connecting.ContinueWith(
                late => late.Result.Dispose(), CancellationToken.None,
                TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }

        if (socket.SubProtocol == PikkuClient.Subprotocol)
            return new PikkuSession(socket, options);
        socket.Dispose();
        throw new PikkuClosedException($"The server selected the subprotocol '{socket.SubProtocol}' instead of '{PikkuClient.Subprotocol}'.");
    }

    /// <summary>Waits for a task of the application, but no longer than the token allows, even if the task ignores the token.</summary>
    private static async Task<T> UntilAsync<T>(Task<T> task, CancellationToken cancellationToken)
    {
        try
        {
            return await task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            IgnoreFailure(task);
        }
    }

    private Exception CauseOf(Exception error, CancellationToken late) => error is OperationCanceledException && late.IsCancellationRequested
        ? new TimeoutException($"No connection within {options.ConnectTimeout}.", error)
        : error;

    // Invalid arguments and unsupported operations fail again with every attempt.
    private static bool IsClientError(Exception error) =>
        error is ArgumentException or FormatException or NotSupportedException or (InvalidOperationException and not ObjectDisposedException);
}
