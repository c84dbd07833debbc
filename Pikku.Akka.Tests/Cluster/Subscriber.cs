using System.Collections.Concurrent;
using System.Text.Json;
using Pikku.Akka.Tests.WebSockets;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>A client of a <see cref="NodeProcess"/> that records the events that it receives.</summary>
internal sealed class Subscriber
{
    public const string Topic = "news";
    public const string Gap = "pikku:gap";

    /// <summary>The maximum number of events by which publishers may be ahead of subscribers. Without it, subscribers on a busy machine would become slow consumers.</summary>
    public const int InStep = 100;

    private readonly ConcurrentQueue<string> _seen = new();
    private readonly int[] _counts = new int[2];
    private int _gaps;

    public int Count => _seen.Count;

    /// <summary>How the connection has ended; null while it is open.</summary>
    public string? Ending { get; private set; }

    public int CountOf(int publisher) => Volatile.Read(ref _counts[publisher]);

    public int Gaps => Volatile.Read(ref _gaps);

    public static async Task<Subscriber> ConnectAsync(NodeProcess node, params string[] topics)
    {
        var client = await node.ConnectAsync("events");
        foreach (var topic in topics)
            await client.Ask($$"""{"action":"subscribe","topic":"{{topic}}"}""");
        var subscriber = new Subscriber();
        _ = subscriber.ReadAsync(client);
        return subscriber;
    }

    public IEnumerable<int> Of(int publisher) => _seen.Select(data => data.Split(':')).Where(data => data[0] == $"{publisher}").Select(data => int.Parse(data[1], System.Globalization.CultureInfo.InvariantCulture));

    private async Task ReadAsync(TextClient client)
    {
        try
        {
            await foreach (var text in client.Messages())
                Keep(text);
            Ending = $"closed with {client.CloseCode:D}";
        }
        catch (Exception e)
        {
            Ending = e.Message; // its node has ended, or the test
            client.Dispose();
        }
    }

    private void Keep(string text)
    {
        var message = JsonSerializer.Deserialize<JsonElement>(text);
        if (!message.TryGetProperty("topic", out var topic))
            return;
        if (topic.ValueEquals(Gap))
        {
            Interlocked.Increment(ref _gaps);
            return;
        }

        var data = message.GetProperty("data").GetString()!;
        _seen.Enqueue(data);
        Interlocked.Increment(ref _counts[data[0] - '0']);
    }
}
