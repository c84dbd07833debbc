using Akka.Actor;
using Pikku.Akka.Cluster;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Protocol;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>The state of the calls between nodes, without an actor system. The only other node is <see cref="ActorRefs.Nobody"/>.</summary>
public sealed class CallsStateSpec : IDisposable
{
    private const int Self = 1;
    private const int Other = 2;

    private static readonly Nobody s_other = ActorRefs.Nobody;

    private readonly TestNode _node = new(_ => { });
    private readonly CallNodes _nodes = new();
    private readonly CallsState _state;

    public CallsStateSpec()
    {
        _state = new CallsState(
            Self, _nodes, _node.Settings, new NodeEncoder(128_000),
            address => new NodeWindow(NodeName.Of(address), 1000, new PikkuLog(_node.Log), new ClusterMetrics(_node.Meters.Create(new("Pikku.Akka")))),
            _ => { });
        _state.Member(s_other.Path.Address, Other, isUp: true, ["worker"], () => s_other);
    }

    public void Dispose() => _node.Services.Dispose();

    [Fact]
    public void A_drain_announces_that_no_more_calls_are_accepted_and_completes_when_none_runs()
    {
        var done = new TaskCompletionSource();
        _state.Drain(done);
        Assert.Equal("leaving", Assert.Single(_state.Output).Message.Kind.Name);
        Assert.True(done.Task.IsCompletedSuccessfully);
    }

    [Fact]
    public void A_refused_call_is_answered_with_its_request_and_counts_in_the_window_of_the_caller()
    {
        var request = new RequestId(7, 8);
        _state.Refuse(s_other, request, new ErrorInfo("ServiceUnavailableError", 503, "No."));
        var (to, message) = Assert.Single(_state.Output);
        Assert.Same(s_other, to);
        Assert.Equal(("returned", request), (message.Kind.Name, message.Request));
        Assert.Equal(message.Size, _state.WindowOf(s_other.Path.Address).InTransit);

        // A report of an earlier incarnation of the node frees no room.
        _state.Progress(s_other.Path.Address, new NodeMessage.Progress(Other - 1, Self, 0, message.Size));
        Assert.Equal(message.Size, _state.WindowOf(s_other.Path.Address).InTransit);
        _state.Progress(s_other.Path.Address, new NodeMessage.Progress(Other, Self, 0, message.Size));
        Assert.Equal(0, _state.WindowOf(s_other.Path.Address).InTransit);
    }

    [Fact]
    public void The_last_handled_bytes_are_reported_by_the_next_tick_and_only_once()
    {
        _state.Handled(s_other.Path.Address, new NodeMessage.CloseChannel("c", CloseCode.Normal, "") { Size = 10 });
        Assert.Empty(_state.Output);
        _state.Tick(0);
        Assert.Equal("progress", Assert.Single(_state.Output).Message.Kind.Name);
        _state.Output.Clear();
        _state.Tick(1);
        Assert.Empty(_state.Output);
    }

    [Fact]
    public void A_node_that_leaves_or_can_not_be_reached_runs_no_further_calls()
    {
        Assert.NotNull(_nodes.Next("worker"));
        _state.Unreachable(s_other.Path.Address);
        Assert.Null(_nodes.Next("worker"));
        _state.Reachable(s_other.Path.Address);
        Assert.NotNull(_nodes.Next("worker"));
        _state.Leaving(s_other.Path.Address);
        Assert.Null(_nodes.Next("worker"));
    }
}
