using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

/// <summary>Shared todos. The channel has the route of the page: it handles WebSocket upgrades, the page all other requests.</summary>
internal static class TodosChannel
{
    public const string Name = "todos-live";
    public const string Route = "/";

    public static void Wire(ChannelBuilder channel)
    {
        channel.Route(Route);
        channel.AddTopic(Created);
        channel.AddTopic(Completed);
        channel.OnConnect(() => new Connected(true));
        channel.OnMessage("action", actions => actions
            .On<Login>("auth", auth: false)
            .On<SubscribeTodos>("subscribe")
            .On<UnsubscribeTodos>("unsubscribe")
            .On<ListTodos>("list")
            .On<CreateTodo>("create")
            .On<CompleteTodo>("complete"));
    }
}
