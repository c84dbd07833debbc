using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

/// <summary>Shared todos. The channel has the route of the page: it handles WebSocket upgrades, the page all other requests.</summary>
internal static class TodosChannel
{
    public const string Name = "todos-live";
    public const string Route = "/";

    private const int MissedChanges = 100;

    public static void Wire(ChannelBuilder channel)
    {
        channel.Route(Route).OnConnect(() => new Connected(true));
        channel.AddTopic(Created).AllowSubscribe().WithHistory(MissedChanges);
        channel.AddTopic(Completed).AllowSubscribe().WithHistory(MissedChanges);
        channel.MapAction<Login>("auth").AllowAnonymous();
        channel.MapAction<ListTodos>("list");
        channel.MapAction<CreateTodo>("create");
        channel.MapAction<CompleteTodo>("complete");
    }
}
