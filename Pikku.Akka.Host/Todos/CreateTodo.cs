using Pikku.Akka.Host.Security;
using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

[Function(Title = "Create Todo", Description = "Adds a todo and notifies subscribers.", Tags = ["todos"])]
internal sealed class CreateTodo(TodoStore store) : PikkuFunc<CreateTodoInput, CreateTodoOutput>
{
    public override async ValueTask<CreateTodoOutput> RunAsync(CreateTodoInput input, Wire wire)
    {
        var todo = store.Add(input, input.UserId ?? wire.GetSession<UserSession>().UserId);
        await wire.EventHub.Publish(Created, new TodoChanged(todo));
        return new CreateTodoOutput(todo);
    }
}
