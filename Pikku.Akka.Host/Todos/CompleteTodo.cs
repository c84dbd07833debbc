using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

[PikkuFunction(Title = "Complete Todo", Description = "Marks a todo as completed and notifies subscribers.", Tags = ["todos"])]
internal sealed class CompleteTodo(TodoStore store) : PikkuFunc<CompleteTodoInput, CompleteTodoOutput>
{
    public override async ValueTask<CompleteTodoOutput> RunAsync(CompleteTodoInput input, PikkuContext context, CancellationToken cancellationToken)
    {
        var todo = await store.CompleteAsync(input.Id, cancellationToken);
        if (todo is not null)
            await context.EventHub.PublishAsync(Completed, new TodoChanged(todo));
        return new CompleteTodoOutput(todo, Success: todo is not null);
    }
}
