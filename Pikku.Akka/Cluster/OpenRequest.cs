namespace Pikku.Akka.Cluster;

/// <summary>A request to other nodes that waits for their answers.</summary>
/// <param name="Waiting">The nodes that have not answered.</param>
/// <param name="Wait">Which of them are waited for.</param>
/// <param name="Done">Gets the answers.</param>
/// <param name="Since">When it was made, in milliseconds.</param>
internal sealed record OpenRequest(HashSet<int> Waiting, NodeWait Wait, TaskCompletionSource<NodeAnswers> Done, long Since)
{
    public List<NodeMessage.Answer> Answers { get; } = [];
}
