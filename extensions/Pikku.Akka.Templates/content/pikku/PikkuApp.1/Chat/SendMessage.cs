using Pikku.Akka;
using PikkuApp._1.Security;

namespace PikkuApp._1.Chat;

/// <summary>Sends a message to everybody in a room. The input is validated and the permission is checked before this code runs.</summary>
[PikkuFunction(Title = "Send a message", Tags = ["chat"])]
public class SendMessage(TimeProvider clock) : PikkuFunc<NewMessage, Message>
{
    public override async ValueTask<Message> RunAsync(NewMessage input, PikkuContext context, CancellationToken cancellationToken)
    {
        var user = context.GetRequiredSession<UserSession>();
        var message = new Message(Guid.CreateVersion7(), user.UserId, input.Text, clock.GetUtcNow());
        await context.EventHub.PublishAsync(ChatChannel.Messages.For(new RoomKey(input.Room)), message);
        return message;
    }
}
