namespace Pikku.Akka.Host.Chat;

/// <summary>The chat: everybody may subscribe to messages; sending requires a session.</summary>
internal static class ChatChannel
{
    public const string Name = "chat";
    public const string Route = "/chat";

    public static void Wire(ChannelBuilder channel)
    {
        channel.Route(Route)
            .UseChannelMiddleware(ChatEvents.AddTimestamp, ChatEvents.FilterSensitive);
        channel.AddTopic(ChatProtocol.Messages).AllowSubscribe().AllowAnonymous();
        channel.MapAction<Authenticate>("auth").AllowAnonymous();
        channel.MapAction<SendMessage>("send");
        channel.MapAction<ListMessages>("history").AllowAnonymous();
        channel.MapAction<WatchChat>("watch").AllowAnonymous();
    }
}
