namespace Pikku.Akka.Cluster;

/// <summary>What came of a request to other nodes.</summary>
/// <param name="Answers">The answers.</param>
/// <param name="Missing">The nodes, as host and port, that gave none in time. Those that left in the meantime are not among them.</param>
internal sealed record NodeAnswers(IReadOnlyList<NodeMessage.Answer> Answers, IReadOnlyList<string> Missing)
{
    public static NodeAnswers None { get; } = new([], []);
}
