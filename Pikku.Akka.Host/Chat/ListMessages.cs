using static Pikku.Akka.Host.Chat.ChatProtocol;

namespace Pikku.Akka.Host.Chat;

[PikkuFunction(Title = "List Messages", Description = "Returns the newest messages, oldest first.", Tags = ["chat"], ReadOnly = true)]
internal sealed class ListMessages(ChatStore store) : PikkuSessionlessFunc<ListMessagesInput, ListMessagesOutput>
{
    public override async ValueTask<ListMessagesOutput> RunAsync(ListMessagesInput input, PikkuContext context, CancellationToken cancellationToken) =>
        new(await store.LatestAsync(input.Limit, cancellationToken));
}
