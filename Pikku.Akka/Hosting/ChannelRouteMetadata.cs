namespace Pikku.Akka.Hosting;

/// <summary>Marks the endpoint of a channel.</summary>
internal sealed record ChannelRouteMetadata(string Channel);
