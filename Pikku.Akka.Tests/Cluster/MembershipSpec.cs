using System.Collections.Immutable;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Cluster;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>The actors that track other nodes read the membership again when they start, because a node may leave while one of them restarts.</summary>
public sealed class MembershipSpec : IAsyncLifetime
{
    private TwoNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await TwoNodes.StartAsync(
        app => app.WireChannel("test", channel => channel.AllowAnonymous().MapAction("run", FunctionDescriptor.FromDelegate("run", () => 1))),
        """pikku.function.placement = ["run=worker"]""");

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task A_node_that_was_removed_meanwhile_is_forgotten_and_one_that_is_a_member_is_known()
    {
        var front = _nodes.Front;
        var connection = await TwoNodes.ConnectAsync(front);
        var client = front.Services.GetRequiredService<ClusterClient>();
        await Eventually.Holds(() => client.Health.Count == 1, "both know each other");

        var cluster = global::Akka.Cluster.Cluster.Get(TwoNodes.SystemOf(front));
        // The snapshot that a restarted actor receives when the other node left during the restart.
        var alone = cluster.State.Copy(members: ImmutableSortedSet.Create(cluster.SelfMember));
        foreach (var name in new[] { NodeActor.Name, CallsActor.Name })
            TwoNodes.SystemOf(front).ActorSelection($"/user/pikku/{name}").Tell(alone, ActorRefs.NoSender);
        await Eventually.Holds(() => client.Health.Count == 0, "it is forgotten");
        Assert.Contains("ServiceUnavailableError", await connection.AskAsync("""{"action":"run"}"""), StringComparison.Ordinal);

        foreach (var name in new[] { NodeActor.Name, CallsActor.Name })
            TwoNodes.SystemOf(front).ActorSelection($"/user/pikku/{name}").Tell(Kill.Instance, ActorRefs.NoSender);
        await Eventually.Holds(() => client.Health.Count == 1, "it is a member again");
        await Eventually.Holds(
            async () => await connection.AskAsync("""{"action":"run"}""") == """{"action":"run","result":1}""", "it runs functions");
    }
}
