namespace Pikku.Akka.Cluster;

/// <summary>A request to other nodes that waits for answers.</summary>
/// <param name="Waiting">The nodes that have not answered yet.</param>
/// <param name="Wait">Selects the nodes whose answers are waited for.</param>
/// <param name="Done">Receives the answers.</param>
/// <param name="Since">The time of the request in milliseconds.</param>
internal sealed record OpenRequest(HashSet<int> Waiting, NodeWait Wait, TaskCompletionSource<NodeAnswers> Done, long Since)
{
    public List<NodeMessage.Answer> Answers { get; } = [];
}
