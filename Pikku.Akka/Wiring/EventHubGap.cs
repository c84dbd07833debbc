namespace Pikku.Akka;

/// <summary>
/// Events of another node got lost on their way to this one. Who wants to know subscribes a channel to <see cref="Topic"/>; which topics
/// the lost events belonged to nobody can tell, so a client fetches what it shows anew.
/// </summary>
/// <param name="Node">The node that published them, as host and port.</param>
/// <param name="Batches">How many batches of events are missing; a batch is at least one event.</param>
public sealed record EventHubGap(string Node, long Batches)
{
    /// <summary>The topic that is told of gaps. Each node tells its own connections of its own gaps; nobody else can publish to it.</summary>
    public static Topic<EventHubGap> Topic { get; } = new("pikku:gap");
}
