using Microsoft.Extensions.Logging;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>The bytes in transit to another node are limited, and a sender that exceeds the limit gets an error.</summary>
public sealed class NodeWindowSpec : IDisposable
{
    private const int Bound = 100;

    private readonly RecordingLog<PikkuLog> _log = new();
    private readonly RecordingMeters _meters = new();
    private readonly NodeWindow _window;

    public NodeWindowSpec() => _window = new NodeWindow("a:1", Bound, new PikkuLog(_log), new ClusterMetrics(_meters.Create(new("Pikku.Akka"))));

    public void Dispose() => _meters.Dispose();

    [Fact]
    public void A_single_message_always_has_room_and_no_more_than_the_bound_is_under_way()
    {
        Assert.True(_window.TryTake(2 * Bound));
        Assert.False(_window.TryTake(1));
        _window.Handled(2 * Bound);
        Assert.True(_window.TryTake(Bound - 1));
        Assert.True(_window.TryTake(1));
        Assert.False(_window.TryTake(1));
        Assert.Equal(Bound, _window.InTransit);
    }

    [Fact]
    public void Refused_sends_are_an_error_counted_each_and_logged_once_until_there_is_room_again()
    {
        _window.Take(Bound);
        for (var i = 0; i < 5; i++)
            Assert.Equal(EventHubErrorReason.Unavailable, Assert.Throws<EventHubException>(() => _window.Take(1)).Reason);
        Assert.Equal(5, _meters["pikku.cluster.sends_refused"]);
        Assert.Equal(LogLevel.Warning, Assert.Single(_log.Entries).Level);

        _window.Handled(Bound);
        _window.Take(Bound);
        Assert.Throws<EventHubException>(() => _window.Take(1));
        Assert.Equal(2, _log.Entries.Count);
    }

    [Fact]
    public async Task Whoever_waits_for_room_gets_it_in_turn()
    {
        _window.Take(Bound);
        var first = Wait(60);
        var second = Wait(60);
        Assert.False(_window.TryTake(1)); // not past those that wait

        _window.Handled(Bound);
        await first.Soon();
        Assert.False(second.IsCompleted);
        _window.Handled(Bound + 60);
        await second.Soon();
        Assert.Equal(60, _window.InTransit);
    }

    [Fact]
    public async Task Whoever_no_longer_waits_takes_no_room_and_holds_up_nobody()
    {
        using var cancelled = new CancellationTokenSource();
        using var closed = new CancellationTokenSource();
        _window.Take(Bound);
        var (first, second) = (_window.TakeAsync(60, default, cancelled.Token).AsTask(), _window.TakeAsync(60, closed.Token, default).AsTask());
        await cancelled.CancelAsync();
        await closed.CancelAsync();
        await Assert.ThrowsAsync<TaskCanceledException>(() => first.Soon());
        await Assert.ThrowsAsync<OperationCanceledException>(() => second.Soon());

        _window.Handled(Bound);
        Assert.True(_window.TryTake(Bound));
        Assert.Equal(Bound, _window.InTransit);
    }

    [Fact]
    public async Task Nobody_waits_for_a_node_that_has_gone()
    {
        _window.Take(Bound);
        var waiting = Wait(60);
        _window.Close();
        await waiting.Soon();
        Assert.True(_window.TryTake(Bound));
    }

    [Fact]
    public void What_has_to_be_sent_is_sent_and_takes_room()
    {
        _window.TakeAnyway(2 * Bound);
        Assert.False(_window.TryTake(1));
    }

    [Fact]
    public void A_message_that_was_lost_takes_no_room_once_the_other_side_knows_how_much_was_sent()
    {
        var (here, there) = (new NodeFlow(1, 2, Bound), new NodeFlow(2, 1, Bound));
        _window.Take(Bound);
        here.Sent(60); // lost
        here.Sent(40);
        Assert.True(there.Handled(40));

        there.Receive((NodeMessage.Progress)Decode(here.Progress()));
        var progress = (NodeMessage.Progress)Decode(there.Progress());
        _window.Handled(progress.Received);

        Assert.Equal(Bound, progress.Received);
        Assert.Equal(0, _window.InTransit);
        Assert.False(here.HasNews);
    }

    private static object Decode(NodeFrame frame) => NodeWire.Read(NodeWire.ToBytes(frame));

    private Task Wait(int size) => _window.TakeAsync(size, default, default).AsTask();
}
