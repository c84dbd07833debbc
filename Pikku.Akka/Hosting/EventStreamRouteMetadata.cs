namespace Pikku.Akka.Hosting;

/// <summary>Marks the endpoint of the event streams of a channel.</summary>
internal sealed record EventStreamRouteMetadata(string Channel);
