namespace Pikku.Akka.Cluster;

/// <summary>Answers questions of operators about this node. A higher floor implements it, and asks the inspectors of all nodes. Thread-safe.</summary>
internal interface INodeInspector
{
    /// <summary>Answers a question.</summary>
    /// <param name="question">The question as JSON.</param>
    /// <returns>The answer as JSON.</returns>
    Task<string> AnswerAsync(string question);
}
