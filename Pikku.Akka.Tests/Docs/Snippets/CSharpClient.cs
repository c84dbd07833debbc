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
