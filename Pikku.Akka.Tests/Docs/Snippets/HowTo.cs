using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using Pikku.Akka;

namespace Snippets.OfHowTo;

#region permissions-of-a-topic
public static class Documents
{
    public static readonly Topic<DocumentKey, Edit> Edits = new("doc:{documentId}:edits");

    public static PikkuBuilder AddDocuments(this PikkuBuilder pikku) => pikku.WireChannel("documents", channel =>
    {
        channel.AddTopic(Edits).AllowSubscribe().RequirePermission(MayRead).WithHistory(maxEvents: 100);
        channel.MapAction("edit", async (Edit edit, IEventHub events) => await events.PublishAsync(Edits.For(new DocumentKey(edit.DocumentId)), edit)).RequirePermission(MayEdit);
        channel.MapAction("unshare", async (Share share, Shares shares, IPikkuUsers users) =>
        {
            shares.Remove(share);
            await users.RefreshAsync(share.UserId);
        });
    });

    private static bool MayRead(DocumentKey document, Reader reader, Shares shares) => shares.Contains(new Share(document.DocumentId, reader.UserId));

    private static bool MayEdit(Edit edit, Reader reader, Shares shares) => shares.Contains(new Share(edit.DocumentId, reader.UserId));
}
#endregion

public sealed record DocumentKey(int DocumentId);

public sealed record Edit(int DocumentId, string Text);

public sealed record Share(int DocumentId, string UserId);

public sealed record Reader(string UserId) : IPikkuSession;

public sealed class Shares : HashSet<Share>;

public interface IMessages
{
    Task<ChatLine> AddAsync(string room, string userId, string text);

    Task<IReadOnlyList<ChatLine>> LatestAsync(string room);
}

public sealed record ChatLine(string UserId, string Text);

public sealed record ChatUser(string UserId) : IPikkuSession;

#region signalr-hub
public sealed class ChatHub(IMessages messages) : Hub
{
    public override async Task OnConnectedAsync() => await Clients.Caller.SendAsync("history", await messages.LatestAsync("lobby"));

    public Task Join(string room) => Groups.AddToGroupAsync(Context.ConnectionId, room);

    [Authorize]
    public async Task Say(string room, string text)
    {
        if (text.Length is 0 or > 500)
            throw new HubException("The text is too long or empty.");
        var message = await messages.AddAsync(room, Context.UserIdentifier!, text);
        await Clients.Group(room).SendAsync("message", message);
    }
}
#endregion

#region signalr-channel
public static class Chat
{
    public static readonly Topic<string, ChatLine> Messages = new("room:{name}");

    public static PikkuBuilder AddChat(this PikkuBuilder pikku) => pikku.WireChannel("chat", channel =>
    {
        channel.AllowAnonymous();
        channel.AddTopic(Messages).AllowSubscribe().WithHistory(maxEvents: 100).WithSnapshot((string name, IMessages messages) => messages.LatestAsync(name));
        channel.MapAction("say", async (string room, [Length(1, 500)] string text, ChatUser user, IMessages messages, IEventHub events) =>
            await events.PublishAsync(Messages.For(room), await messages.AddAsync(room, user.UserId, text)));
    });
}
#endregion

public interface ITodos
{
    Task<Todo> AddAsync(string title);
}

public sealed record NewTodo([Length(1, 200)] string Title);

public sealed record Todo(int Id, string Title);

public sealed record TodoCreated(Todo Todo);

#region pikku-channel
public static class TodoChannel
{
    public static readonly Topic<TodoCreated> Created = new("todo-created");

    public static PikkuBuilder AddTodos(this PikkuBuilder pikku) => pikku.WireChannel("todos", channel =>
    {
        channel.Route("/todos").AddTopic(Created).AllowSubscribe();
        channel.MapAction("create", async (NewTodo input, PikkuContext context, ITodos todos) =>
        {
            var todo = await todos.AddAsync(input.Title);
            await context.EventHub.PublishToOthersAsync(Created, new TodoCreated(todo));
            return todo;
        }).RequireSession();
    });
}
#endregion
