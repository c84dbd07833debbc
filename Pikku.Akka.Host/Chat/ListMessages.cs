using static Pikku.Akka.Host.Chat.ChatProtocol;

namespace Pikku.Akka.Host.Chat;

[Function(Title = "List Messages", Description = "Returns the newest messages, oldest first.", Tags = ["chat"], Readonly = true)]
internal sealed class ListMessages(ChatStore store) : PikkuSessionlessFunc<ListMessagesInput, ListMessagesOutput>
{
    public override ValueTask<ListMessagesOutput> RunAsync(ListMessagesInput input, Wire wire) =>
        ValueTask.FromResult(new ListMessagesOutput(store.Latest(input.Limit)));
}
