namespace Pikku.Akka.Host.Chat;

/// <summary>The chat: every connection receives messages; sending requires a session.</summary>
internal static class ChatChannel
{
    public const string Name = "chat";
    public const string Route = "/chat";

    public static void Wire(ChannelBuilder channel)
    {
        channel.Route(Route);
        channel.AddTopic(ChatProtocol.Messages);
        channel.UseChannelMiddleware(ChatEvents.AddTimestamp, ChatEvents.FilterSensitive);
        channel.OnConnect((PikkuContext context) => context.EventHub.SubscribeAsync(ChatProtocol.Messages));
        channel.OnMessage("action", actions => actions
            .On<Authenticate>("auth", auth: false)
            .On<SendMessage>("send")
            .On<ListMessages>("history", auth: false));
    }
}
