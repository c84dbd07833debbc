using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Pikku.Akka.Tests.Clients.CSharp.Generated;

namespace Snippets;

public static class CSharpClient
{
    public static async Task<IReadOnlyList<string>> Run(Uri server)
    {
        var titles = new List<string>();
        #region csharp-client
        await using var client = new PikkuWebSocket(server, new PikkuOptions
        {
            OnOpen = async (route, cancellation) =>
            {
                if (route is not TodosLiveRoute todos)
                    return;
                await todos.AuthAsync(new TodosLiveChannelCredentials { Username = "demo", Password = "test" }, cancellation);
                await todos.SubscribeAsync(new TopicName { Topic = "todo-created" }, cancellation);
            },
        });
        using var created = client.TodosLive.OnTodoCreated(e => titles.Add(e.Todo.Title));
        try
        {
            await client.TodosLive.CreateAsync(new NewTodo { Title = "Buy milk", Priority = TodoPriority.High });
        }
        catch (PikkuException e) when (e.Status == 422)
        {
            foreach (var detail in e.Details)
                Console.WriteLine($"{detail.Path}: {detail.Message}");
        }
        #endregion
        return titles;
    }

    public static async Task<IReadOnlyList<string>> Subscribe(PikkuWebSocket client, CancellationToken cancellation)
    {
        var shown = new List<string>();
        void Show(string text) => shown.Add(text);
        var subscribed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Refresh() => subscribed.TrySetResult();
        #region csharp-subscribe
        var key = new NameKey { Name = "news" };
        using var subscription = client.Boards.SubscribeToPublic(key, e => Show($"handler {e}"), new PikkuSubscriptionOptions
        {
            OnSubscribed = Refresh,
            OnLost = loss => Show($"Events of {loss.Topic} are lost: {loss.Reason}"),
            OnDenied = error => Show($"You may not see this board: {error.Message}"),
            OnEnded = error => Show($"You may not see this board any more: {error.Message}"),
        });
        #endregion
        await subscribed.Task.WaitAsync(cancellation);
        #region csharp-events
        var events = client.Boards.SubscribeToPublic(key, cancellation);
        await client.Boards.PublishAsync(new BoardEvent { Topic = "public:news", Data = JsonSerializer.SerializeToElement("hello") }, cancellation);
        await foreach (var e in events)
        {
            Show($"loop {e}");
            break; // Leaving the loop ends the subscription.
        }
        #endregion
        return shown;
    }

    public static async Task<string> Live(PikkuWebSocket client, CancellationToken cancellation)
    {
        static void Show(string text) => Console.WriteLine(text);
        #region csharp-live
        using var live = client.Boards.LiveState(new NameKey { Name = "news" }, (state, e) => state with { State = $"{state.State} {e}" });
        live.Changed += (_, _) => Show($"{live.Status} {live.Value?.State} {live.Error?.Message}");
        await live.WaitUntilLoadedAsync(cancellation);
        #endregion
        return $"{live.Status} {live.Value?.State}";
    }

    public static async Task<int> Watch(PikkuWebSocket client, CancellationToken cancellation)
    {
        var count = 0;
        void Show(string text) => count += text.Length > 0 ? 1 : 0;
        #region csharp-watch
        await foreach (var update in client.Boards.WatchState(new NameKey { Name = "news" }, cancellation))
        {
            Show(update.IsState ? $"state {update.State!.State} {update.Loss}" : $"event {update.Event} {update.At} {update.IsReplayed}");
            break;
        }
        #endregion
        return count;
    }

    public static async Task<IReadOnlyList<string>> Keyed(PikkuWebSocket client, CancellationToken cancellation)
    {
        var shown = new List<string>();
        void Show(string text)
        {
            lock (shown)
                shown.Add(text);
        }
        #region csharp-keyed
        using var viewers = client.Boards.Viewers(new BoardKey { BoardId = "7" });
        using var cursors = client.Boards.Cursors(new BoardKey { BoardId = "7" });
        viewers.Changed += (_, changes) => Show(string.Join(", ", changes.Select(change => $"{change.Kind} {change.Info?.UserId}")));
        await cursors.WaitUntilLoadedAsync(cancellation);
        Show($"{viewers.Infos.Count} viewers, {cursors.Entries.Count} cursors");
        #endregion
        await viewers.WaitUntilLoadedAsync(cancellation);
        lock (shown)
            return [.. shown];
    }

    public static async Task<int> Stream(PikkuWebSocket client, CancellationToken cancellation)
    {
        var sum = 0;
        #region csharp-stream
        await foreach (var number in client.Boards.CountAsync(new CountInput { To = 3 }, cancellation))
            sum += number;
        #endregion
        return sum;
    }

    public static PikkuOptions Tokens(Func<bool, CancellationToken, Task<string?>> getTokenAsync)
    {
        #region csharp-token
        var options = new PikkuOptions
        {
            Token = (reason, cancellation) => getTokenAsync(reason != PikkuTokenReason.Connect, cancellation),
        };
        #endregion
        return options;
    }

    public static PikkuWebSocket InMemory(WebApplication app)
    {
        #region csharp-test-server
        var client = new PikkuWebSocket(new Uri("ws://localhost"), new PikkuOptions
        {
            Connect = (address, upgrade, cancellation) =>
            {
                var server = app.GetTestServer().CreateWebSocketClient();
                server.SubProtocols.Add(upgrade.Subprotocol);
                return server.ConnectAsync(address, cancellation);
            },
        });
        #endregion
        return client;
    }
}
