using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pikku.Akka.Cluster;

/// <summary>The report of a node for the operator, in the JSON of <c>/cluster</c>; the last member says why the node is not ready.</summary>
internal sealed record NodeReport(
    string Node, string Status, IReadOnlyList<string> Roles, bool Draining, int Connections, IReadOnlyDictionary<string, int> Channels,
    long Topics, long Subscriptions, int PresenceTopics, IReadOnlyList<LinkState> Lanes, string? Problem = null)
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
