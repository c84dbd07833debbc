namespace Pikku.Akka.Host.Chat;

/// <summary>The chat: every connection receives messages; sending requires a session.</summary>
internal static class ChatChannel
{
    public const string Name = "chat";
    public const string Route = "/chat";

    public static void Wire(ChannelBuilder channel)
    {
        channel.Route(Route)
            .UseChannelMiddleware(ChatEvents.AddTimestamp, ChatEvents.FilterSensitive)
            .OnConnect((PikkuContext context) => context.EventHub.SubscribeAsync(ChatProtocol.Messages));
        channel.AddTopic(ChatProtocol.Messages);
        channel.MapAction<Authenticate>("auth").AllowAnonymous();
        channel.MapAction<SendMessage>("send");
        channel.MapAction<ListMessages>("history").AllowAnonymous();
    }
}
