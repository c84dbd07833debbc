using Pikku.Akka.Host.Security;
using static Pikku.Akka.Host.Chat.ChatProtocol;

namespace Pikku.Akka.Host.Chat;

[PikkuFunction(Title = "Send Message", Description = "Sends a message to everyone.", Tags = ["chat"])]
internal sealed class SendMessage(ChatStore store) : PikkuFunc<SendMessageInput, SendMessageOutput>
{
    public override async ValueTask<SendMessageOutput> RunAsync(SendMessageInput input, PikkuContext context, CancellationToken cancellationToken)
    {
        var message = await store.AddAsync(context.GetRequiredSession<UserSession>().UserId, input.Text, cancellationToken);
        await context.EventHub.PublishAsync(Messages, new MessageSent(message));
        return new SendMessageOutput(message);
    }
}
