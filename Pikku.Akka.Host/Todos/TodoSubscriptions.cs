using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

/// <summary>Which topics a client may name.</summary>
internal static class TodoSubscriptions
{
    /// <summary>The topic of a name. The hub knows those of other channels too, and they are nobody's business here.</summary>
    /// <exception cref="UnprocessableContentError">It is not one of this channel's.</exception>
    public static Topic<TodoChanged> Find(string name) =>
        name == Created.Name ? Created
        : name == Completed.Name ? Completed
        : throw new UnprocessableContentError("topic", $"must be {Created} or {Completed}");
}
