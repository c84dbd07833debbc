namespace Pikku.Akka.Cluster;

/// <summary>The result of a request to other nodes.</summary>
/// <param name="Answers">The answers.</param>
/// <param name="Missing">The nodes, as host and port, that did not answer in time. Nodes that left in the meantime are not included.</param>
internal sealed record NodeAnswers(IReadOnlyList<NodeMessage.Answer> Answers, IReadOnlyList<string> Missing)
{
    public static NodeAnswers None { get; } = new([], []);

    /// <summary>Says which nodes did not answer, or else why one of them could not carry out the request; null when all carried it out.</summary>
    public string? Problem => Missing.Count > 0 ? $"{string.Join(", ", Missing)} did not answer within pikku.cluster.request-timeout."
        : Answers.FirstOrDefault(answer => answer.Error is not null) is { } failed ? $"A node could not carry out the call: {failed.Text}"
        : null;
}
