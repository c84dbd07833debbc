using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

[PikkuFunction(Title = "Unsubscribe", Description = "Unsubscribes the connection from a topic.", Tags = ["todos"])]
internal sealed class UnsubscribeTodos : PikkuFunc<TopicInput, UnsubscribeOutput>
{
    public override async ValueTask<UnsubscribeOutput> RunAsync(TopicInput input, PikkuContext context, CancellationToken cancellationToken)
    {
        await context.EventHub.UnsubscribeAsync(TodoSubscriptions.Find(input.Topic));
        return new UnsubscribeOutput(Unsubscribed: true, input.Topic);
    }
}
