using Pikku.Akka.Host.Security;
using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

[PikkuFunction(Title = "List Todos", Description = "Returns the todos of a user; by default those of the session's user.", Tags = ["todos"], ReadOnly = true)]
internal sealed class ListTodos(TodoStore store) : PikkuFunc<ListTodosInput, ListTodosOutput>
{
    public override async ValueTask<ListTodosOutput> RunAsync(ListTodosInput input, PikkuContext context, CancellationToken cancellationToken)
    {
        var todos = await store.ListAsync(input.UserId ?? context.GetRequiredSession<UserSession>().UserId, input, cancellationToken);
        return new ListTodosOutput(todos, todos.Count);
    }
}
