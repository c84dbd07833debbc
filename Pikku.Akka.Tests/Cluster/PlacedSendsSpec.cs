using System.Reflection;
using Akka.Actor;
using Akka.Dispatch;
using Pikku.Akka.Cluster;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>When a function sends to a connection of another node that does not handle the messages, the sends wait when the limit is reached.</summary>
[Trait("Rule", "K6")]
public sealed class PlacedSendsSpec : IAsyncLifetime
{
    private const int Bound = 256 * 1024;
    private const int MessageSize = 50_000;
    private const int Many = 40;

    private TwoNodes _nodes = null!;
    private IInternalActorRef _calls = null!;
    private int _sent;

    public async Task InitializeAsync()
    {
        _nodes = await TwoNodes.StartAsync(Wire, $$"""
            pikku.function.placement = ["flood=worker", "steady=worker"]
            pikku.cluster.max-unacknowledged-messages = {{Bound}}B
            """);
        _calls = (IInternalActorRef)await TwoNodes.SystemOf(_nodes.Front).ActorSelection($"/user/pikku/{CallsActor.Name}").ResolveOne(TimeSpan.FromSeconds(20));
    }

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task TrySend_returns_false_above_the_limit_and_works_again_when_the_node_takes_messages()
    {
        var connection = await TwoNodes.ConnectAsync(_nodes.Front);
        await HoldAsync(connection, "flood");
        await Eventually.Holds(() => _nodes.Worker.Meters["pikku.cluster.sends_refused"] == 1, "a send is refused");
        Assert.InRange(_sent, 2, Bound / MessageSize);
        Assert.Contains(_nodes.Worker.Log.Own, line => line.Text.Contains("max-unacknowledged-messages", StringComparison.Ordinal));

        _calls.Resume();
        for (var i = 0; i < _sent; i++)
            Assert.StartsWith($"{i} ", await connection.NextAsync(), StringComparison.Ordinal);
        Assert.Equal("""{"action":"flood","result":"refused"}""", await connection.NextAsync());

        connection.Send("""{"action":"steady"}""");
        for (var i = 0; i < Many; i++)
            Assert.StartsWith($"{i} ", await connection.NextAsync(), StringComparison.Ordinal);
        Assert.Equal("""{"action":"steady","result":"done"}""", await connection.NextAsync());
    }

    [Fact]
    public async Task SendAsync_waits_at_the_bound_and_keeps_the_order()
    {
        var connection = await TwoNodes.ConnectAsync(_nodes.Front);
        await HoldAsync(connection, "steady");
        await Eventually.Holds(() => Volatile.Read(ref _sent) >= Bound / MessageSize - 1, "the bound is reached");
        Assert.InRange(_sent, 1, Bound / MessageSize);

        _calls.Resume();
        for (var i = 0; i < Many; i++)
            Assert.StartsWith($"{i} ", await connection.NextAsync(), StringComparison.Ordinal);
        Assert.Equal("""{"action":"steady","result":"done"}""", await connection.NextAsync());
    }

    // Akka.NET has no public member for this.
    private static bool IsSuspended(IInternalActorRef actor)
    {
        var mailbox = ((ActorCell)((ActorRefWithCell)actor).Underlying).Mailbox;
        return (bool)typeof(Mailbox).GetMethod("IsSuspended", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(mailbox, null)!;
    }

    // The function runs on the worker, and the node of the connection handles no messages.
    private async Task HoldAsync(LiveConnection connection, string action)
    {
        connection.Send($$"""{"action":"{{action}}"}""");
        await _entered.Task.Soon();
        _calls.Suspend();
        // A suspension is a message too: messages that were sent before it is processed would still be handled.
        await Eventually.Holds(() => IsSuspended(_calls), "the actor is suspended");
        _go.SetResult();
    }

    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Wire(PikkuBuilder app) => app.WireChannel("test", channel =>
    {
        channel.AllowAnonymous().MapAction("flood", FunctionDescriptor.FromDelegate("flood", async (PikkuContext context) =>
        {
            await PassAsync();
            for (; _sent < 1000; _sent++)
                if (!context.Channel.TrySend(Text(_sent)))
                    return "refused";
            return "sent";
        }));
        channel.MapAction("steady", FunctionDescriptor.FromDelegate("steady", async (PikkuContext context) =>
        {
            await PassAsync();
            for (_sent = 0; _sent < Many; _sent++)
                await context.Channel.SendAsync(Text(_sent));
            return "done";
        }));
    });

    private static string Text(int number) => $"{number} {new string('x', MessageSize)}";

    private Task PassAsync()
    {
        _entered.TrySetResult();
        return _go.Task;
    }
}
