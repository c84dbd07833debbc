namespace Pikku.Akka.Inspection;

/// <summary>What an operator asks of a node.</summary>
internal enum QuestionKind
{
    /// <summary>The state of the node: <see cref="NodeOverview"/>.</summary>
    Overview,

    /// <summary>The connections of the node: <see cref="ConnectionPage"/>.</summary>
    Connections,

    /// <summary>One connection: <see cref="ConnectionDetail"/>; null when the node does not have it.</summary>
    Connection,

    /// <summary>The topics of the node: <see cref="TopicPage"/>.</summary>
    Topics,
}
