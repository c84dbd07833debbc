using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pikku.Akka.Cluster;

/// <summary>How a node is.</summary>
internal sealed record NodeReport(
    string Node, string Status, IReadOnlyList<string> Roles, bool Draining, int Connections, IReadOnlyDictionary<string, int> Channels,
    long Topics, long Subscriptions, int Places, IReadOnlyList<LinkState> Lanes)
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
