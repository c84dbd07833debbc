namespace Pikku.Akka.Cluster;

/// <summary>The result of a request to other nodes.</summary>
/// <param name="Answers">The answers.</param>
/// <param name="Missing">The nodes, as host and port, that did not answer in time. Nodes that left in the meantime are not included.</param>
internal sealed record NodeAnswers(IReadOnlyList<NodeMessage.Answer> Answers, IReadOnlyList<string> Missing)
{
    public static NodeAnswers None { get; } = new([], []);
}
