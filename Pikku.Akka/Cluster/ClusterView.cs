using System.Text.Json;
using Akka.Actor;
using Akka.Cluster;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The cluster as this node sees it: what each node says of itself, and those that say nothing.</summary>
internal sealed class ClusterView(Func<ActorSystem> system, NodeSettings settings, ClusterClient client, NodeReporter reporter)
{
    public async Task<ClusterReport> ReportAsync()
    {
        var own = reporter.Report();
        if (!settings.IsOn)
            return new ClusterReport(own.Node, null, [], [own]);

        // What answers at once is shown at once; a node that is silent is shown as such, and nobody waits for it.
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
/// <param name="Self">The node that was asked.</param>
/// <param name="Leader">The node that decides about members; null while there is none.</param>
/// <param name="Unreachable">Nodes that can't be reached.</param>
/// <param name="Nodes">All of them.</param>
internal sealed record ClusterReport(string Self, string? Leader, IReadOnlyList<string> Unreachable, IReadOnlyList<NodeReport> Nodes);
