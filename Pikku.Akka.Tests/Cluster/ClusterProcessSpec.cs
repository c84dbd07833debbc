using System.Collections.Concurrent;
using System.Text.Json;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>Nodes that are processes, as an operator and a bad day treat them.</summary>
public sealed class ClusterProcessSpec
{
    private const string Topic = "news";
    private const string Gap = "pikku:gap";

    // How far those who publish run ahead of those that read: a machine that is too busy to run the test must not make slow consumers of them.
    private const int InStep = 100;

    [SkippableFact, Trait("Rule", "K5")]
    public async Task A_node_that_is_killed_under_load_costs_the_others_nothing()
    {
        var nodes = await NodeProcess.StartAsync(3);
        try
        {
            var subscribers = await Task.WhenAll(nodes.Select(node => Subscriber.ConnectAsync(node, Topic, Gap)));
            var publishers = await Task.WhenAll(nodes.Take(2).Select(node => node.ConnectAsync("events")));
            using var stop = new CancellationTokenSource();
            var survivors = subscribers[..2];
            var publishing = publishers.Select((publisher, i) => PublishAsync(publisher, i, survivors, stop.Token)).ToArray();

            await Eventually.Holds(() => subscribers[0].Count > 1000, "events flow");
            nodes[2].Kill();
            var before = subscribers[0].Count;
            await Eventually.Holds(() => subscribers[0].Count > before + 2000, "events go on");
            await Eventually.Holds(async () => await nodes[0].MembersAsync() == 2, "the dead node is removed");
            await stop.CancelAsync();
            var sent = await Task.WhenAll(publishing);

            foreach (var survivor in survivors)
            {
                await Eventually.Holds(() => survivor.Count >= sent.Sum() || survivor.Ending is not null, "all has come");
                Assert.Null(survivor.Ending);
                for (var publisher = 0; publisher < 2; publisher++)
                    Assert.Equal(Enumerable.Range(0, sent[publisher]), survivor.Of(publisher));
                Assert.Equal(0, survivor.Gaps);
            }
        }
        finally
        {
            await EndAsync(nodes);
        }
    }

    [SkippableFact, Trait("Rule", "I4")]
    public async Task A_rolling_restart_brings_every_client_back()
    {
        Skip.If(OperatingSystem.IsWindows(), "There are no signals.");
        var ports = NodeProcess.FreePorts(6);
        var seeds = ports[3..];
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => NodeProcess.StartAsync(ports[i], seeds[i], seeds)));
        try
        {
            var clients = Enumerable.Range(0, 12).Select(i => new ReconnectingClient(ports[..3], i, Topic, Gap)).ToArray();
            await Eventually.Holds(() => clients.All(client => client.IsSubscribed), "all are connected");

            for (var i = 0; i < 3; i++)
            {
                nodes[i].Signal("TERM");
                await nodes[i].ExitAsync();
                Assert.Equal(0, nodes[i].ExitCode);
                await nodes[i].DisposeAsync();
                nodes[i] = await NodeProcess.StartAsync(ports[i], seeds[i], seeds);
            }

            await Eventually.Holds(() => clients.All(client => client.IsSubscribed), "all are back");
            await PublishAsync(nodes[1], "after");
            await Eventually.Holds(() => clients.All(client => client.HasSeen("after")), "all get what is published");
            // Whoever lost a connection knows that it may have missed something; the others have missed nothing.
            Assert.All(clients, client => Assert.True(client.Endings > 0));
            Assert.All(clients, client => Assert.Equal(0, client.Gaps));
            Assert.All(clients.SelectMany(client => client.Codes), code => Assert.Equal(1001, code));
            foreach (var client in clients)
                await client.DisposeAsync();
        }
        finally
        {
            await EndAsync(nodes);
        }
    }

    [SkippableFact, Trait("Rule", "K5")]
    public async Task A_node_that_is_cut_off_is_put_out_and_ends_itself_while_the_others_go_on()
    {
        var nodes = await NodeProcess.StartAsync(3);
        try
        {
            var subscriber = await Subscriber.ConnectAsync(nodes[1], Topic, Gap);

            // It answers nobody, as behind a cut cable, and comes back when the others have decided.
            nodes[2].Signal("STOP");
            await PublishAsync(nodes[0], "0:0");
            await Eventually.Holds(() => subscriber.Count == 1, "the majority serves");
            await Eventually.Holds(async () => await nodes[0].MembersAsync() == 2, "the majority has put it out");
            nodes[2].Signal("CONT");

            await nodes[2].ExitAsync();
            await PublishAsync(nodes[0], "0:1");
            await Eventually.Holds(() => subscriber.Count == 2, "the majority still serves");
            Assert.Equal(0, subscriber.Gaps);
        }
        finally
        {
            await EndAsync(nodes);
        }
    }

    [SkippableFact, Trait("Rule", "K6")]
    public async Task A_client_that_never_reads_holds_up_nobody_on_any_node()
    {
        const int events = 3000;
        var nodes = await NodeProcess.StartAsync(2);
        try
        {
            using var frozen = await nodes[1].ConnectAsync("events");
            await frozen.Send("""{"action":"subscribe","topic":"news"}""");
            var (here, there) = (await Subscriber.ConnectAsync(nodes[0], Topic), await Subscriber.ConnectAsync(nodes[1], Topic));
            using var publisher = await nodes[0].ConnectAsync("events");

            // More than its outbox and the buffers of the network between hold.
            var padding = new string('x', 8000);
            for (var i = 0; i < events; i++)
            {
                await publisher.Ask($$"""{"action":"publish","topic":"news","data":"0:{{i}}:{{padding}}"}""");
                if (i % InStep == InStep - 1)
                    await Eventually.Holds(() => here.Count == i + 1 && there.Count == i + 1, "the others get everything");
            }

            Assert.Equal(Enumerable.Range(0, events), here.Of(0));
            Assert.Equal(Enumerable.Range(0, events), there.Of(0));
        }
        finally
        {
            await EndAsync(nodes);
        }
    }

    private static async Task PublishAsync(NodeProcess node, string data)
    {
        using var publisher = await node.ConnectAsync("events");
        await publisher.Ask($$"""{"action":"publish","topic":"news","data":"{{data}}"}""");
    }

    private static async Task<int> PublishAsync(TextClient publisher, int number, IReadOnlyList<Subscriber> readers, CancellationToken stop)
    {
        var sent = 0;
        while (!stop.IsCancellationRequested)
        {
            // What is not acknowledged was not published.
            Assert.Equal(
                """{"action":"publish"}""", await publisher.Ask($$"""{"action":"publish","topic":"news","data":"{{number}}:{{sent}}"}"""));
            sent++;
            // In step with those that read, as above: less than what an outbox holds is under way.
            if (sent % InStep == 0)
                await Eventually.Holds(() => readers.All(reader => reader.CountOf(number) > sent - 2 * InStep || reader.Ending is not null), "those that read keep up");
        }

        return sent;
    }

    private static async Task EndAsync(IEnumerable<NodeProcess> nodes)
    {
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    /// <summary>A client that keeps what it hears.</summary>
    private sealed class Subscriber
    {
        private readonly ConcurrentQueue<string> _seen = new();
        private readonly int[] _counts = new int[2];
        private int _gaps;

        public int Count => _seen.Count;

        /// <summary>How its connection has ended; null while it lives.</summary>
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
}
