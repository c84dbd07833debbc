using System.Net.WebSockets;
using System.Threading.Channels;
using Xunit;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>One connection of a scenario. Received frames wait in an inbox, because canceling a receive would abort the connection.</summary>
internal abstract class ScenarioPeer : IAsyncDisposable
{
    /// <summary>The timeout for a frame, an upgrade or a close. It is generous, because a passing scenario never waits for it.</summary>
    public static readonly TimeSpan Patience = Support.Patience.Long;

    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(150);

    private readonly Channel<ReceivedFrame> _inbox = Channel.CreateUnbounded<ReceivedFrame>();

    /// <summary>Closes the connection and verifies that no frame was left unread.</summary>
    /// <param name="code">The close code; null for a connection that has none.</param>
    public abstract Task CloseAsync(WebSocketCloseStatus? code);

    public abstract ValueTask DisposeAsync();

    /// <summary>Returns the next frame.</summary>
    public async Task<ReceivedFrame> NextAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            return await _inbox.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException("Nothing arrived.");
        }
        catch (ChannelClosedException)
        {
            throw new InvalidOperationException(await DescribeEndAsync());
        }
    }

    /// <summary>Verifies that no frame arrives for a while.</summary>
    public async Task StaySilentAsync()
    {
        using var silence = new CancellationTokenSource(Silence);
        try
        {
            await _inbox.Reader.WaitToReadAsync(silence.Token);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        AssertNothingLeft();
    }

    /// <summary>Discards all frames that arrive within a while.</summary>
    public async Task SkimAsync()
    {
        using var timer = new PeriodicTimer(Silence);
        await timer.WaitForNextTickAsync();
        while (_inbox.Reader.TryRead(out _)) ;
    }

    protected abstract Task<string> DescribeEndAsync();

    protected void Receive(ReceivedFrame frame) => _inbox.Writer.TryWrite(frame);

    protected void EndInbox() => _inbox.Writer.Complete();

    protected void AssertNothingLeft()
    {
        if (_inbox.Reader.TryRead(out var frame))
            Assert.Fail($"Unexpected: {frame}");
    }
}
