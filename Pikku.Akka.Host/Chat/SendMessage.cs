using Pikku.Akka.Host.Security;
using static Pikku.Akka.Host.Chat.ChatProtocol;

namespace Pikku.Akka.Host.Chat;

[Function(Title = "Send Message", Description = "Sends a message to everyone.", Tags = ["chat"])]
internal sealed class SendMessage(ChatStore store) : PikkuFunc<SendMessageInput, SendMessageOutput>
{
    public override async ValueTask<SendMessageOutput> RunAsync(SendMessageInput input, Wire wire)
    {
        var message = store.Add(wire.GetSession<UserSession>().UserId, input.Text);
        await wire.EventHub.Publish(Messages, new MessageSent(message));
        return new SendMessageOutput(message);
    }
}
