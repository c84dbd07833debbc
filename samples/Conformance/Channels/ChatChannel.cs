using Conformance.Chat;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>A chat with one room: every connection receives messages; sending requires a session.</summary>
public static class ChatChannel
{
    private static readonly Topic<Said> MessageSaid = new("chat:message");

    public static PikkuBuilder WireChat(this PikkuBuilder pikku) => pikku.WireChannel("chat", channel =>
    {
        channel.AddTopic(MessageSaid);
        channel.OnConnect((PikkuContext context) => context.EventHub.SubscribeAsync(MessageSaid));
        channel.MapAction<SignInWithToken>("auth").AllowAnonymous();
        channel.MapAction<SendMessage>("send");
        channel.MapAction("history", (History input, ChatStore store) => new { messages = store.Last(input.Limit) }).AllowAnonymous();
    });

    public sealed record Said(ChatMessage Message);

    public sealed record Credentials(string Token);

    public sealed record SignedIn(bool Success);

    public sealed record NewMessage(string Text);

    public sealed record History(int Limit);

    internal sealed class SignInWithToken(TokenReader tokens) : PikkuSessionlessFunc<Credentials, SignedIn>
    {
        public override async ValueTask<SignedIn> RunAsync(Credentials input, PikkuContext context, CancellationToken cancellationToken)
        {
            var user = await tokens.ReadUserAsync(input.Token) ?? throw new UnauthorizedError("The token is not valid.");
            await context.SetSessionAsync(new ConformanceSession(user));
            return new SignedIn(true);
        }
    }

    internal sealed class SendMessage(ChatStore store) : PikkuFunc<NewMessage, Said>
    {
        public override async ValueTask<Said> RunAsync(NewMessage input, PikkuContext context, CancellationToken cancellationToken)
        {
            var said = new Said(store.Add(context.GetRequiredSession<ConformanceSession>().UserId, input.Text));
            await context.EventHub.PublishAsync(MessageSaid, said);
            return said;
        }
    }
}
