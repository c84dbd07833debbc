using Pikku.Akka.Host.Security;
using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

[PikkuFunction(Title = "Create Todo", Description = "Adds a todo and notifies subscribers.", Tags = ["todos"])]
internal sealed class CreateTodo(TodoStore store) : PikkuFunc<CreateTodoInput, CreateTodoOutput>
{
    public override async ValueTask<CreateTodoOutput> RunAsync(CreateTodoInput input, PikkuContext context, CancellationToken cancellationToken)
    {
        var todo = await store.AddAsync(input, input.UserId ?? context.GetRequiredSession<UserSession>().UserId, cancellationToken);
        await context.EventHub.PublishAsync(Created, new TodoChanged(todo));
        return new CreateTodoOutput(todo);
    }
}
