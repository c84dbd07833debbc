using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Pikku.Akka.Tests.WebSockets;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>
/// A connection that is present in a topic, marks entries of a state topic, and keeps both topics as the node reports them: the list of the reply, then the changes.
/// </summary>
internal sealed class EntryWatcher : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, bool> _present = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _marks = new(StringComparer.Ordinal);
    private readonly string _topic;
    private readonly string _user;
    private readonly Task<(TextClient Viewers, TextClient Marks)> _clients;
    private readonly List<Task> _reading = [];
    private int _surprises;

    /// <param name="node">The node to connect to.</param>
    /// <param name="topic">The name in both topics.</param>
    /// <param name="user">The name under which it is present.</param>
    public EntryWatcher(NodeProcess node, string topic, string user)
    {
        (_topic, _user) = (topic, user);
        _clients = OpenAsync(node);
    }

    /// <summary>The users that are present.</summary>
    public IReadOnlyCollection<string> Present => [.. _present.Keys];

    public IReadOnlyDictionary<string, int> Marks => _marks;

    /// <summary>The number of changes that do not continue what was known: who joins is present already, or what leaves is not.</summary>
    public int Surprises => Volatile.Read(ref _surprises);

    /// <summary>Sets an entry, which ends with this connection unless it stays.</summary>
    public async Task MarkAsync(string key, int value, bool stays = false) =>
        await (await _clients).Marks.Send($$$"""{"action":"mark","id":2,"data":{"name":"{{{_topic}}}","key":"{{{key}}}","value":{{{value}}},"stays":{{{(stays ? "true" : "false")}}}}}""");

    public async ValueTask DisposeAsync()
    {
        var (viewers, marks) = await _clients;
        foreach (var client in new[] { viewers, marks })
            await CloseAsync(client);
        await Task.WhenAll(_reading);
    }

    private static async Task CloseAsync(TextClient client)
    {
        try
        {
            await client.CloseOutput();
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException)
        {
            // The node has been killed, or the connection was closed before.
        }
    }

    private async Task<(TextClient Viewers, TextClient Marks)> OpenAsync(NodeProcess node)
    {
        var viewers = await node.ConnectAsync("boards", "pikku.v1");
        await viewers.Ask($$$"""{"action":"login","id":0,"data":{"userId":"{{{_user}}}"}}""");
        await SubscribeAsync(viewers, $"viewers:{_topic}", OnViewers, OnViewer);
        var marks = await node.ConnectAsync("feed", "pikku.v1");
        await SubscribeAsync(marks, $"marks:{_topic}", OnMarks, OnMark);
        return (viewers, marks);
    }

    private async Task SubscribeAsync(TextClient client, string topic, Action<JsonNode> onSnapshot, Action<JsonNode> onChange)
    {
        var reply = JsonNode.Parse((await client.Ask($$$"""{"action":"pikku-subscribe","id":1,"data":{"topic":"{{{topic}}}"}}"""))!)!;
        onSnapshot(reply["data"]!["snapshot"]!);
        _reading.Add(ReadAsync(client, topic, onChange));
    }

    private static async Task ReadAsync(TextClient client, string topic, Action<JsonNode> onChange)
    {
        using (client)
        {
            try
            {
                await foreach (var text in client.Messages())
                {
                    var message = JsonNode.Parse(text)!;
                    if ((string?)message["topic"] == topic && message["data"] is { } data)
                        onChange(data);
                }
            }
            catch (WebSocketException)
            {
                // The node has been killed.
            }
        }
    }

    private void OnViewers(JsonNode snapshot)
    {
        foreach (var user in Users(snapshot))
            _present[user] = true;
    }

    private void OnViewer(JsonNode change)
    {
        foreach (var user in Users(change["joined"]))
        {
            if (!_present.TryAdd(user, true))
                Interlocked.Increment(ref _surprises);
        }

        foreach (var user in Users(change["left"]))
        {
            if (!_present.TryRemove(user, out _))
                Interlocked.Increment(ref _surprises);
        }
    }

    private static IEnumerable<string> Users(JsonNode? node) => node switch
    {
        JsonArray entries => entries.SelectMany(Users),
        JsonObject entry when entry["userId"] is { } user => [(string)user!],
        JsonObject entry => entry.SelectMany(member => Users(member.Value)),
        _ => [],
    };

    private void OnMarks(JsonNode snapshot)
    {
        foreach (var (key, value) in snapshot.AsObject())
            _marks[key] = (int)value!;
    }

    private void OnMark(JsonNode change)
    {
        var key = (string)change["key"]!;
        if (change["value"] is { } value)
            _marks[key] = (int)value;
        else if (!_marks.TryRemove(key, out _))
            Interlocked.Increment(ref _surprises);
    }
}
