using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>Collects the reports of all nodes. A node that does not answer appears as a member without a report.</summary>
internal sealed class ClusterView(Func<ActorSystem> system, NodeSettings settings, ClusterClient client, NodeReporter reporter)
{
    public async Task<ClusterReport> ReportAsync()
    {
        var own = reporter.Report();
        if (!settings.IsOn)
            return new ClusterReport(own.Node, null, [], [own]);

        // Only responsive nodes are waited for. A silent node is shown as one that does not answer.
        var (answers, _) = await AskAsync();
        var state = global::Akka.Cluster.Cluster.Get(system()).State;
        var reports = answers.Where(answer => answer.Error is null)
            .Select(answer => JsonSerializer.Deserialize<NodeReport>(answer.Text, NodeReport.Json)!).Append(own).ToDictionary(report => report.Node);
        foreach (var member in state.Members)
            reports.TryAdd(NameOf(member), new NodeReport(
                NameOf(member), $"{member.Status}, does not answer", [.. member.Roles], false, 0, new Dictionary<string, int>(), 0, 0, 0, []));
        return new ClusterReport(
            own.Node, state.Leader is { } leader ? NodeName.Of(leader) : null, [.. state.Unreachable.Select(NameOf)],
            [.. reports.Values.OrderBy(report => report.Node, StringComparer.Ordinal)]);
    }

    /// <summary>The members of the cluster as this node sees them; without a cluster only this node.</summary>
    public IReadOnlyList<NodeMember> Members()
    {
        if (!settings.IsOn)
            return [new NodeMember(0, reporter.Node, "Alone", [], IsReachable: true, IsSelf: true)];
        var cluster = global::Akka.Cluster.Cluster.Get(system());
        var state = cluster.State;
        return
        [
            .. state.Members.Select(member => new NodeMember(
                    member.UniqueAddress.Uid, NameOf(member), member.Status.ToString(), [.. member.Roles], !state.Unreachable.Contains(member),
                    member.UniqueAddress.Equals(cluster.SelfUniqueAddress)))
                .OrderBy(member => member.Name, StringComparer.Ordinal),
        ];
    }

    private async Task<NodeAnswers> AskAsync()
    {
        try
        {
            return await client.RequestAllAsync(new NodeMessage.GetReport(), NodeWait.Responsive);
        }
        catch (TimeoutException)
        {
            return NodeAnswers.None;
        }
    }

    private static string NameOf(Member member) => NodeName.Of(member.Address);
}

/// <summary>The cluster as one node sees it.</summary>
/// <param name="Self">The node that created the report.</param>
/// <param name="Leader">The leader of the cluster, which admits and removes members; null when there is none.</param>
/// <param name="Unreachable">Nodes that can't be reached.</param>
/// <param name="Nodes">The reports of all nodes.</param>
internal sealed record ClusterReport(string Self, string? Leader, IReadOnlyList<string> Unreachable, IReadOnlyList<NodeReport> Nodes);
