using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

/// <summary>The topics that a client may subscribe to.</summary>
internal static class TodoSubscriptions
{
    /// <summary>Returns the topic with a name. Topics of other channels are not accessible.</summary>
    /// <exception cref="UnprocessableContentError">The name is not a topic of this channel.</exception>
    public static Topic<TodoChanged> Find(string name) =>
        name == Created.Name ? Created
        : name == Completed.Name ? Completed
        : throw new UnprocessableContentError("topic", $"must be {Created} or {Completed}");
}
