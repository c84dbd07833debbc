using Pikku.Akka.Host.Security;
using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

[Function(Title = "List Todos", Description = "The todos of a user, by default one's own.", Tags = ["todos"], Readonly = true)]
internal sealed class ListTodos(TodoStore store) : PikkuFunc<ListTodosInput, ListTodosOutput>
{
    public override ValueTask<ListTodosOutput> RunAsync(ListTodosInput input, Wire wire)
    {
        var todos = store.List(input.UserId ?? wire.GetSession<UserSession>().UserId, input);
        return ValueTask.FromResult(new ListTodosOutput(todos, todos.Count));
    }
}
