using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.Requests;

/// <summary>
/// The end of a handshake: its timeout, or the end of its request. The token is created when something has to be awaited, because most handshakes await nothing and many
/// clients may connect at once.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="timeout">The time for the handshake, from now on.</param>
/// <param name="clock">The clock for the timeout.</param>
internal sealed class HandshakeDeadline(HttpContext context, TimeSpan timeout, TimeProvider clock) : IDisposable
{
    private readonly long _begin = clock.GetTimestamp();
    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _aborted;

    /// <summary>Canceled when the time is over or the client is gone.</summary>
    public CancellationToken Token => (_source ??= Create()).Token;

    public void Dispose()
    {
        _aborted.Dispose();
        _source?.Dispose();
    }

    private CancellationTokenSource Create()
    {
        var source = timeout == Timeout.InfiniteTimeSpan
            ? new CancellationTokenSource()
            : new CancellationTokenSource(TimeSpan.FromTicks(Math.Max(0, (timeout - clock.GetElapsedTime(_begin)).Ticks)), clock);
        _aborted = context.RequestAborted.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), source);
        return source;
    }
}
