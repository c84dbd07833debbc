using System.Runtime.CompilerServices;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Streams whose functions run on another node than their connection.</summary>
[Trait("Rule", "R1")]
public sealed class PlacedStreamSpec : IAsyncLifetime
{
    private readonly Gate _gate = new();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TwoNodes _nodes = null!;
    private int _requested;

    public async Task InitializeAsync() => _nodes = await TwoNodes.StartAsync(Wire, """
        pikku.function.placement = ["count=worker", "fail=worker", "endless=worker", "large=worker", "gated=worker"]
        pikku { outbox.max-size = 64KiB, connection.max-message-size = 1KiB, event-hub.max-event-size = 1KiB }
        """, "pikku.shutdown.drain-timeout = 2s");

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task Sends_the_items_and_the_end_of_the_other_node_in_order()
    {
        var connection = await TwoNodes.ConnectAsync(_nodes.Front);

        connection.Send("""{"action":"count","id":7,"data":100}""");
        for (var n = 1; n <= 100; n++)
            await connection.ExpectAsync($$$"""{"action":"count","id":7,"item":{"n":{{{n}}}}}""");
        await connection.ExpectAsync("""{"action":"count","id":7,"done":true}""");
        connection.Send("""{"action":"count","id":8,"data":0}""");

        await connection.ExpectAsync("""{"action":"count","id":8,"done":true}""");
        await _nodes.Front.ExpectNoStreamsAsync(connection);
    }

    [Fact]
    public async Task Sends_the_error_of_the_other_node_instead_of_the_end()
    {
        var connection = await TwoNodes.ConnectAsync(_nodes.Front);

        connection.Send("""{"action":"fail","id":7,"data":null}""");

        await connection.ExpectAsync("""{"action":"fail","id":7,"item":1}""");
        Assert.Contains("\"id\":7,\"error\":{\"name\":\"NotFoundError\"", await connection.NextAsync(), StringComparison.Ordinal);
        await _nodes.Front.ExpectNoStreamsAsync(connection);
    }

    [Fact]
    [Trait("Rule", "R2")]
    public async Task Leaves_the_window_with_its_first_item()
    {
        var connection = await TwoNodes.ConnectAsync(_nodes.Front);

        connection.Send("""{"action":"gated"}""", """{"action":"ping"}""");

        await connection.ExpectAsync("""{"action":"gated","item":1}""", """{"action":"ping","result":1}""");
        _gate.Open();
        await connection.ExpectAsync("""{"action":"gated","item":2}""", """{"action":"gated","done":true}""");
    }

    [Fact]
    [Trait("Rule", "R3")]
    public async Task A_cancellation_ends_the_function_on_the_other_node()
    {
        var connection = await TwoNodes.ConnectAsync(_nodes.Front);
        connection.Send("""{"action":"endless","id":1,"data":null}""");
        await connection.ExpectAsync("""{"action":"endless","id":1,"item":1}""");

        connection.Send("""{"action":"pikku-cancel","id":1}""");

        Assert.Contains("\"name\":\"RequestCancelledError\"", await connection.NextAsync(), StringComparison.Ordinal);
        await _disposed.Task.Soon();
        await _nodes.Front.ExpectNoStreamsAsync(connection);
    }

    [Fact]
    [Trait("Rule", "R4")]
    public async Task The_end_of_the_connection_ends_the_function_on_the_other_node()
    {
        var connection = await TwoNodes.ConnectAsync(_nodes.Front);
        connection.Send("""{"action":"endless","id":1,"data":null}""");
        await connection.ExpectAsync("""{"action":"endless","id":1,"item":1}""");

        await connection.EndAsync();

        await _disposed.Task.Soon();
    }

    [Fact]
    [Trait("Rule", "R2")]
    public async Task Requests_a_bounded_number_of_items_while_the_client_does_not_read()
    {
        var connection = await _nodes.Front.ConnectAsync(
            ((Akka.Cluster.ClusterClient)_nodes.Front.Services.GetService(typeof(Akka.Cluster.ClusterClient))!).NewChannelId(), stalled: true);

        connection.Send("""{"action":"large"}""");
        await Eventually.Holds(() => Volatile.Read(ref _requested) > 16, "the items fill the outbox and the window");
        var before = -1;
        await Eventually.Holds(() => before == (before = Volatile.Read(ref _requested)), "no more items are requested");

        Assert.InRange(_requested, 17, 80);
        await connection.EndAsync();
    }

    [Fact]
    [Trait("Rule", "I4")]
    public async Task A_node_that_drains_ends_the_streams_that_it_runs_for_others_with_an_error()
    {
        var connection = await TwoNodes.ConnectAsync(_nodes.Front);
        connection.Send("""{"action":"endless","id":1,"data":null}""");
        await connection.ExpectAsync("""{"action":"endless","id":1,"item":1}""");

        var draining = ((Akka.Cluster.ClusterClient)_nodes.Worker.Services.GetService(typeof(Akka.Cluster.ClusterClient))!).DrainCallsAsync();

        Assert.Contains("\"id\":1,\"error\":{\"name\":\"ServiceUnavailableError\"", await connection.NextAsync(), StringComparison.Ordinal);
        await draining;
    }

    private void Wire(PikkuBuilder app) => app.WireChannel("test", c =>
    {
        c.AllowAnonymous();
        c.MapAction("count", FunctionDescriptor.FromDelegate("count", ([FromData] int to) => Enumerable.Range(1, to).Select(n => new Item(n)).ToAsyncEnumerable()));
        c.MapAction("fail", FunctionDescriptor.FromDelegate("fail", FailAsync));
        c.MapAction("endless", FunctionDescriptor.FromDelegate("endless", EndlessAsync));
        c.MapAction("large", FunctionDescriptor.FromDelegate("large", LargeAsync));
        c.MapAction("gated", FunctionDescriptor.FromDelegate("gated", GatedAsync));
        c.MapAction("ping", () => 1);
    });

    private static async IAsyncEnumerable<int> FailAsync()
    {
        await Task.Yield();
        yield return 1;
        throw new NotFoundError();
    }

    private async IAsyncEnumerable<int> EndlessAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            yield return 1;
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        finally
        {
            _disposed.TrySetResult();
        }
    }

    private async IAsyncEnumerable<string> LargeAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var text = new string('x', 1000);
        while (!cancellation.IsCancellationRequested)
        {
            Interlocked.Increment(ref _requested);
            yield return text;
            await Task.Yield();
        }
    }

    private async IAsyncEnumerable<int> GatedAsync()
    {
        yield return 1;
        await _gate.PassAsync();
        yield return 2;
    }

    private sealed record Item(int N);
}
