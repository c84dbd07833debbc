using static Pikku.Akka.Host.Todos.TodosProtocol;

namespace Pikku.Akka.Host.Todos;

[PikkuFunction(Title = "Subscribe", Description = "Subscribes the connection to a topic.", Tags = ["todos"])]
internal sealed class SubscribeTodos : PikkuFunc<TopicInput, SubscribeOutput>
{
    public override async ValueTask<SubscribeOutput> RunAsync(TopicInput input, PikkuContext context, CancellationToken cancellationToken)
    {
        await context.EventHub.SubscribeAsync(TodoSubscriptions.Find(input.Topic));
        return new SubscribeOutput(Subscribed: true, input.Topic);
    }
}
