using System.Text.Json.Serialization;

namespace Pikku.Akka;

/// <summary>
/// Reports that events of another node were lost on their way to this node. Subscribe a connection to <see cref="Topic"/> to be notified. The
/// topics of the lost events are unknown, so a client should reload everything that it shows.
/// </summary>
/// <param name="Node">The node that published them, as host and port.</param>
/// <param name="LostBatches">How many batches of events are missing; a batch is at least one event.</param>
public sealed record EventHubGap(string Node, [property: JsonPropertyName("batches")] long LostBatches)
{
    /// <summary>The topic of gaps. Each node publishes its own gaps to its own connections; no application code can publish to it.</summary>
    public static Topic<EventHubGap> Topic { get; } = new("pikku:gap");
}
