using Pikku.Akka.Host.Security;

namespace Pikku.Akka.Host.Chat;

/// <summary>The chat: everybody may subscribe to messages and see who is there; sending requires a session.</summary>
internal static class ChatChannel
{
    public const string Name = "chat";
    public const string Route = "/chat";

    private const int MissedMessages = 100;

    public static void Wire(ChannelBuilder channel)
    {
        channel.Route(Route)
            .UseChannelMiddleware(ChatEvents.AddTimestamp, ChatEvents.FilterSensitive);
        // A page that was away gets what it has missed, and one that is new or was away for longer gets the newest messages.
        channel.AddTopic(ChatProtocol.Messages).AllowSubscribe().AllowAnonymous().WithHistory(MissedMessages).WithSnapshot(Newest);
        channel.AddPresence(ChatProtocol.Viewers).AllowSubscribe().AllowAnonymous()
            .JoinOnSubscribe((UserSession? session) => new ChatProtocol.Viewer(session?.UserId));
        channel.MapAction<Authenticate>("auth").AllowAnonymous();
        channel.MapAction<SendMessage>("send");
        channel.MapAction<ListMessages>("history").AllowAnonymous();
        channel.MapAction<WatchChat>("watch").AllowAnonymous();
    }

    private static async Task<ChatProtocol.ListMessagesOutput> Newest(ChatStore store, CancellationToken cancellationToken) =>
        new(await store.LatestAsync(MissedMessages, cancellationToken));
}
