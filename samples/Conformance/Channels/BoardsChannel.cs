using System.Text.Json;
using System.Text.Json.Nodes;
using Conformance.Boards;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Topics that clients subscribe to by themselves, and access that is taken away while they are subscribed.</summary>
public static class BoardsChannel
{
    internal static readonly Topic<BoardKey, JsonElement> Board = new("board:{boardId}");

    internal static readonly Topic<NameKey, JsonElement> Public = new("public:{name}");

    private static readonly Topic<NameKey, JsonElement> State = new("state:{name}");

    private static readonly Topic<NameKey, JsonElement> Plain = new("plain:{name}");

    private static readonly PresenceTopic<BoardKey, Viewer> Viewers = new("viewers:{boardId}");

    private static readonly StateTopic<BoardKey, Cursor> Cursors = new("cursors:{boardId}");

    private static readonly Topic<RoomKey, JsonElement> Room = new("room:{number}");

    public static PikkuBuilder WireBoards(this PikkuBuilder pikku) => pikku.WireChannel("boards", channel =>
    {
        channel.AddTopic(Board).AllowSubscribe().RequirePermission(IsMemberAsync).WithHistory(100, TimeSpan.FromSeconds(60));
        channel.AddTopic(Public).AllowSubscribe().AllowAnonymous().WithHistory(5, TimeSpan.FromSeconds(60));
        channel.AddTopic(State).AllowSubscribe().AllowAnonymous().WithHistory(20, TimeSpan.FromSeconds(60)).WithSnapshot((NameKey key) => new { state = key.Name });
        channel.AddTopic(Plain).AllowSubscribe().AllowAnonymous();
        channel.AddTopic(Room).AllowSubscribe().AllowAnonymous();
        channel.AddPresence(Viewers).AllowSubscribe().AllowAnonymous().JoinOnSubscribe((ConformanceSession? session) => new Viewer(session?.UserId ?? "guest"));
        channel.AddState(Cursors).AllowSubscribe().AllowAnonymous();
        channel.UseChannelMiddleware(Drop);
        channel.MapAction("login", async (BoardLogin input, PikkuContext context) =>
        {
            await context.SetSessionAsync(new ConformanceSession(input.UserId));
            return new { ok = true };
        }).AllowAnonymous();
        channel.MapAction("logout", async (PikkuContext context) =>
        {
            await context.ClearSessionAsync();
            return new { ok = true };
        }).AllowAnonymous();
        channel.MapAction("publish", async (BoardEvent input, PikkuContext context) =>
        {
            await context.EventHub.PublishAsync(
                new Topic<JsonElement>(input.Topic), input.Data, new PublishOptions
                {
                    ExceptChannelId = input.SkipSelf ? context.Channel.Id : null,
                    Durability = input.Replicated ? EventDurability.Replicated : EventDurability.Local,
                });
            return new { ok = true };
        }).AllowAnonymous();
        channel.MapAction("rename", async (Viewing input, IPikkuPresence presence, PikkuContext context) =>
        {
            await presence.JoinAsync(Viewers.For(new BoardKey(input.BoardId)), context.Channel.Id, new Viewer(input.UserId));
            return new { ok = true };
        }).AllowAnonymous();
        channel.MapAction("point", async (Pointing input, IPikkuState state, PikkuContext context) =>
        {
            var cursors = Cursors.For(new BoardKey(input.BoardId));
            if (input.Cursor is { } cursor)
                await state.SetAsync(cursors, input.Name, cursor, input.Stays ? null : context.Channel.Id);
            else
                await state.RemoveAsync(cursors, input.Name);
            return new { ok = true };
        }).AllowAnonymous();
        channel.MapAction("invite", (Membership input, BoardMembers members, IPikkuUsers users, CancellationToken cancel) => ChangeAsync(input, true, members, users, cancel))
            .AllowAnonymous();
        channel.MapAction("kick", (Membership input, BoardMembers members, IPikkuUsers users, CancellationToken cancel) => ChangeAsync(input, false, members, users, cancel))
            .AllowAnonymous();
    });

    internal static ValueTask<bool> IsMemberAsync(BoardKey board, ConformanceSession session, BoardMembers members) => members.ContainsAsync(board.BoardId, session.UserId);

    // The data changes first, then the permissions are asked again.
    private static async Task<object> ChangeAsync(Membership input, bool isMember, BoardMembers members, IPikkuUsers users, CancellationToken cancel)
    {
        await members.SetAsync(input.BoardId, input.UserId, isMember);
        await users.RefreshAsync(input.UserId, cancel);
        return new { ok = true };
    }

    private static ValueTask Drop(IServiceProvider services, OutboundMessage message, OutboundNext next) =>
        message.Kind == OutboundMessageKind.Event && message.Json is JsonObject data && data["drop"] is JsonValue value && value.TryGetValue(out bool drop) && drop
            ? default
            : next(message);

    public sealed record BoardKey(string BoardId);

    public sealed record NameKey(string Name);

    public sealed record RoomKey(int Number);

    public sealed record Viewer(string UserId);

    public sealed record Viewing(string BoardId, string UserId);

    public sealed record Cursor(int X, int Y);

    /// <summary>Sets a cursor, or removes it. Unless it stays, it ends with the connection.</summary>
    public sealed record Pointing(string BoardId, string Name, Cursor? Cursor = null, bool Stays = false);

    public sealed record BoardLogin(string UserId);

    public sealed record BoardEvent(string Topic, JsonElement Data, bool SkipSelf = false, bool Replicated = false);

    public sealed record Membership(string BoardId, string UserId);
}
