namespace Pikku.Akka.Cluster;

/// <summary>What operators of other nodes ask of this node about the users and connections that it has; <see cref="INodeInspector"/> is about the node itself. The texts are JSON that only the other side of the port reads.</summary>
internal interface IUserInspection
{
    /// <summary>Carries out <see cref="NodeMessage.Explain"/>.</summary>
    Task<string> ExplainAsync(string question);

    /// <summary>Carries out <see cref="NodeMessage.ReadTrace"/>.</summary>
    string ReadTrace(string userId, string cursors);

    /// <summary>Carries out <see cref="NodeMessage.Record"/>.</summary>
    string Record(string command);
}
