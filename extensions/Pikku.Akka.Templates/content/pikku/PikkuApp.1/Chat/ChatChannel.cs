using System.ComponentModel.DataAnnotations;
using Pikku.Akka;
using PikkuApp._1.Security;

namespace PikkuApp._1.Chat;

/// <summary>A chat with rooms. Every user who has signed in may enter every room, except that the room "staff" is for users with the role "staff".</summary>
public static class ChatChannel
{
    public static readonly Topic<RoomKey, Message> Messages = new("chat:{room}");

    public static readonly PresenceTopic<RoomKey, Visitor> Visitors = new("chat:{room}:visitors");

    public static void Wire(ChannelBuilder channel)
    {
        channel.Route("/chat");

        // A client that was away for up to an hour receives the messages that it missed, from any node. A client that is new begins with the next message:
        // add WithSnapshot if you keep messages in a database.
        channel.AddTopic(Messages).AllowSubscribe().RequirePermission(MayEnter).WithHistory(maxEvents: 200, maxAge: TimeSpan.FromHours(1));
        channel.AddPresence(Visitors).AllowSubscribe().RequirePermission(MayEnter).JoinOnSubscribe((UserSession user) => new Visitor(user.UserId));

        channel.MapAction<SendMessage>("send").RequirePermission(MayEnter);
    }

    // The permission of the topics gets the key of the topic, and that of the action its input, which is a RoomKey as well.
    private static bool MayEnter(RoomKey key, PikkuContext context) => key.Room != "staff" || context.GetRequiredSession<UserSession>().HasRole("staff");
}

public record RoomKey([Length(1, 50)] string Room);

public record NewMessage(string Room, [Length(1, 2000)] string Text) : RoomKey(Room);

public record Message(Guid Id, string UserId, string Text, DateTimeOffset SentAt);

public record Visitor(string UserId);
