namespace Pikku.Akka.Tests.Cluster;

/// <summary>A message that only <see cref="NextNodeSerializer"/> knows.</summary>
internal sealed record NextMessage;
