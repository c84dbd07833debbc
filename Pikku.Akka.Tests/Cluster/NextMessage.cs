namespace Pikku.Akka.Tests.Cluster;

/// <summary>A kind of message that only <see cref="NextNodeSerializer"/> supports.</summary>
internal sealed record NextMessage;
