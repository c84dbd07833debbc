using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Akka.DistributedData;

namespace Conformance.Boards;

/// <summary>
/// Who is a member of which board. An application has a database for this, which all of its nodes see. This one replicates the changes to all nodes of its
/// cluster before a change completes.
/// </summary>
public sealed class BoardMembers(IServiceProvider services)
{
    private static readonly LWWDictionaryKey<string, string> Key = new("conformance.members");
    private static readonly LWWDictionary<string, string> None = LWWDictionary<string, string>.Empty;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly HashSet<string> AtStart = ["b1/alice", "b1/bob"];

    private readonly ConcurrentDictionary<string, bool> _local = [];

    // The actor system exists when the application has started.
    private readonly Lazy<ActorSystem> _system = new(services.GetRequiredService<ActorSystem>);

    private bool IsClustered => ((ExtendedActorSystem)_system.Value).Provider is IClusterActorRefProvider;

    public async ValueTask<bool> ContainsAsync(string boardId, string userId)
    {
        var member = $"{boardId}/{userId}";
        if (!IsClustered)
            return _local.TryGetValue(member, out var isMember) ? isMember : AtStart.Contains(member);
        var answer = await DistributedData.Get(_system.Value).Replicator.Ask<IGetResponse>(Dsl.Get(Key, ReadLocal.Instance), Timeout);
        return answer.IsSuccessful && answer.Get(Key).TryGetValue(member, out var text) ? bool.Parse(text) : AtStart.Contains(member);
    }

    public async ValueTask SetAsync(string boardId, string userId, bool isMember)
    {
        var member = $"{boardId}/{userId}";
        if (!IsClustered)
        {
            _local[member] = isMember;
            return;
        }

        var self = Cluster.Get(_system.Value).SelfUniqueAddress;
        var answer = await DistributedData.Get(_system.Value).Replicator.Ask<IUpdateResponse>(
            Dsl.Update(Key, None, new WriteAll(Timeout), members => members.SetItem(self, member, isMember.ToString())), Timeout);
        if (!answer.IsSuccessful)
            throw new InvalidOperationException("The other nodes did not take the change in time.");
    }
}
