namespace Pikku.Akka.Clients;

/// <summary>Notices that a connection is dead: pings the server when it has been silent, and gives up if nothing follows.</summary>
internal sealed class PikkuLiveness : IDisposable
{
    // A round trip takes less than a second even on slow networks.
    private static readonly TimeSpan s_pongTimeout = TimeSpan.FromSeconds(10);

    private readonly TimeSpan _interval;
    private readonly TimeProvider _clock;
    private readonly Action _sendPing;
    private readonly TaskCompletionSource<Exception> _dead = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ITimer? _timer;
    private long _heardAt;
    private int _heard;
    private int _heardBeforePing;
    private bool _isPinged;
    private bool _isBusy;

    /// <param name="interval">The time without a frame after which the server is pinged; zero for never.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="sendPing">Sends a ping; must neither block nor throw.</param>
    public PikkuLiveness(TimeSpan interval, TimeProvider clock, Action sendPing)
    {
        _interval = interval;
        _clock = clock;
        _sendPing = sendPing;
    }

    /// <summary>Completes with the reason when the connection is dead.</summary>
    public Task<Exception> Dead => _dead.Task;

    public void Start()
    {
        Hear();
        if (_interval <= TimeSpan.Zero)
            return;
        _timer = _clock.CreateTimer(_ => Decide(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Watch(_interval);
    }

    /// <summary>Something has arrived. One timer serves many frames, each of which only notes its time.</summary>
    public void Hear()
    {
        Volatile.Write(ref _heardAt, _clock.GetTimestamp());
        // Only the task that reads the socket writes it.
        Volatile.Write(ref _heard, _heard + 1);
    }

    /// <summary>While a handler runs, the client does not read, so the silence says nothing about the server.</summary>
    public void SetBusy(bool isBusy)
    {
        Volatile.Write(ref _isBusy, isBusy);
        if (!isBusy)
            Hear();
    }

    public void Dispose() => _timer?.Dispose();

    // The timer is set again only at the end of its callback, so callbacks do not run at the same time.
    private void Decide()
    {
        if (Volatile.Read(ref _isBusy))
        {
            _isPinged = false;
            Watch(_interval);
            return;
        }

        var heard = Volatile.Read(ref _heard);
        if (_isPinged && heard == _heardBeforePing)
        {
            _dead.TrySetResult(new TimeoutException($"The server did not answer a ping within {s_pongTimeout}."));
            return;
        }

        _isPinged = false;
        var silence = _clock.GetElapsedTime(Volatile.Read(ref _heardAt));
        if (silence < _interval)
        {
            Watch(_interval - silence);
            return;
        }

        (_isPinged, _heardBeforePing) = (true, heard);
        Watch(s_pongTimeout);
        _sendPing();
    }

    private void Watch(TimeSpan delay) => _timer?.Change(delay, Timeout.InfiniteTimeSpan);
}
