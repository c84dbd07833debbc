using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Tests.Cluster;
using Pikku.Akka.Tests.EventStreams;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Deploy;

/// <summary>Clients behind real proxies with the configurations of <c>deploy/</c>.</summary>
public sealed class ProxySpec
{
    public static TheoryData<string> Proxies => [ProxyProcess.Nginx, ProxyProcess.Caddy];

    [SkippableTheory]
    [MemberData(nameof(Proxies))]
    public async Task An_upgrade_passes_and_the_node_sees_the_client_and_not_the_proxy_nor_what_the_client_claims(string program)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Only Linux has all addresses of 127.0.0.0/8.");
        var seen = new ConcurrentQueue<(string? Address, string Scheme, string Host)>();
        await using var lab = await StartLabAsync("", seen);
        await using var proxy = await StartAsync(program, lab);

        using var http = new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = ConnectFrom("127.0.0.5") });
        // The page is at the address of the proxy, so its origin is the server's own and needs no setting.
        using var client = await TextClient.Connect(
            proxy.Ws("/lab"),
            options =>
            {
                options.SetRequestHeader("Origin", proxy.Address.GetLeftPart(UriPartial.Authority));
                options.SetRequestHeader("X-Forwarded-For", "6.6.6.6");
                options.SetRequestHeader("X-Forwarded-Host", "evil.example");
            },
            http);

        Assert.Equal("""{"text":"hi","action":"echo"}""", await client.Ask("""{"action":"echo","text":"hi"}"""));
        Assert.Equal(("127.0.0.5", "http", proxy.Address.Authority), Assert.Single(seen));
    }

    [SkippableTheory]
    [MemberData(nameof(Proxies))]
    public async Task A_page_of_another_origin_is_refused(string program)
    {
        await using var lab = await StartLabAsync("");
        await using var proxy = await StartAsync(program, lab);
        var error = await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(
            () => TextClient.Connect(proxy.Ws("/lab"), options => options.SetRequestHeader("Origin", "http://evil.example")));
        Assert.Contains("403", error.Message, StringComparison.Ordinal);
    }

    // The times of nginx and of the server are shortened in the same way; the configuration has 60 s and 15 s.
    [SkippableTheory]
    [InlineData(ProxyProcess.Nginx, "500ms", true)]
    [InlineData(ProxyProcess.Nginx, "1h", false)]
    [InlineData(ProxyProcess.Caddy, "500ms", true)]
    public async Task A_silent_connection_stays_open_because_of_the_pings(string program, string interval, bool stays)
    {
        await using var lab = await StartLabAsync($"pikku.connection {{ ping-interval = {interval}, idle-timeout = 2h }}");
        await using var proxy = await StartAsync(
            program, lab, text => text.Replace("proxy_read_timeout 60s", "proxy_read_timeout 2s", StringComparison.Ordinal).Replace("proxy_send_timeout 60s", "proxy_send_timeout 2s", StringComparison.Ordinal));
        using var client = await TextClient.Connect(proxy.Ws("/lab"));
        var next = client.Receive();
        if (!stays)
        {
            await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => next);
            return;
        }

        // Three times what the proxy allows.
        await Assert.ThrowsAsync<TimeoutException>(() => next.WaitAsync(TimeSpan.FromSeconds(6)));
        await client.Send("""{"action":"echo","text":"still here"}""");
        Assert.Equal("""{"text":"still here","action":"echo"}""", await next);
    }

    [SkippableTheory]
    [MemberData(nameof(Proxies))]
    public async Task The_events_of_a_stream_arrive_at_once(string program)
    {
        await using var lab = await StreamLab.StartAsync(more: options => options.App = MapHealth);
        await using var proxy = await StartAsync(program, lab);
        using var stream = await EventStreamClient.OpenAsync(new Uri(proxy.Address, "/live/news"));
        // The second event is published when the first one has arrived, so a proxy that waits for more would wait for ever.
        await lab.PublishAsync("news", 1);
        Assert.Equal("""{"topic":"news","data":1}""", await stream.NextAsync());
        await lab.PublishAsync("news", 2);
        Assert.Equal("""{"topic":"news","data":2}""", await stream.NextAsync());
    }

    [SkippableTheory]
    [MemberData(nameof(Proxies))]
    public async Task Clients_of_a_node_that_is_killed_or_drains_resume_on_the_others_and_miss_nothing(string program)
    {
        Skip.If(OperatingSystem.IsWindows(), "There are no signals.");
        var ports = NodeProcess.FreePorts(6);
        var nodes = new List<NodeProcess>();
        var followers = new List<Follower>();
        try
        {
            for (var i = 0; i < 3; i++)
                nodes.Add(await NodeProcess.StartAsync(ports[i], ports[3 + i], ports[3..5]));
            await using var proxy = await ProxyProcess.StartAsync(program, ports[..3]);
            // Each node gets at least one of them, because the proxy chooses the node with the fewest connections.
            for (var i = 0; i < 6; i++)
            {
                followers.Add(new Follower([proxy.Address], 0, "proxied"));
                await Eventually.Holds(() => followers[i].Subscriptions == 1, "it is subscribed");
            }

            await nodes[2].PublishToFeedAsync("proxied", "first");
            await Eventually.Holds(() => followers.TrueForAll(follower => follower.NextOf("first") == 1), "all receive the first event");

            nodes[0].Kill();
            await Eventually.Holds(() => followers.Exists(follower => follower.Subscriptions > 1), "those of the killed node have moved");
            await nodes[2].PublishToFeedAsync("proxied", "after the kill");
            await Eventually.Holds(() => followers.TrueForAll(follower => follower.NextOf("after the kill") == 1), "all receive the next event");
            await nodes[0].DisposeAsync();
            nodes[0] = await NodeProcess.StartAgainAsync(() => NodeProcess.StartAsync(ports[0], ports[3], ports[3..5]));

            var before = followers.Sum(follower => follower.Subscriptions);
            nodes[1].Signal("TERM");
            await nodes[1].ExitAsync();
            await Eventually.Holds(() => followers.Sum(follower => follower.Subscriptions) > before, "those of the node that has drained have moved");
            await nodes[2].PublishToFeedAsync("proxied", "after the drain");
            await Eventually.Holds(() => followers.TrueForAll(follower => follower.NextOf("after the drain") == 1), "all receive the last event");
            Assert.All(followers, follower => Assert.Equal(["first", "after the kill", "after the drain"], follower.Entries.Select(entry => entry.Publisher)));
            Assert.All(followers, follower => Assert.Empty(follower.Losses));
        }
        finally
        {
            foreach (var follower in followers)
                await follower.DisposeAsync();
            await NodeProcess.EndAsync(nodes);
        }
    }

    // Two of the three nodes of the proxy do not run, so it has to find the third one.
    private static Task<ProxyProcess> StartAsync(string program, Lab lab, Func<string, string>? change = null) =>
        ProxyProcess.StartAsync(program, [.. NodeProcess.FreePorts(2), lab.Port], change);

    private static Task<Lab> StartLabAsync(string hocon, ConcurrentQueue<(string?, string, string)>? seen = null) => Lab.Start(new LabOptions
    {
        Hocon = hocon,
        Builder = builder => builder.Services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.KnownProxies.Add(IPAddress.Loopback);
        }),
        App = app =>
        {
            app.UseForwardedHeaders();
            app.Use((context, next) =>
            {
                if (context.Request.Path == "/lab")
                    seen?.Enqueue((context.Connection.RemoteIpAddress?.MapToIPv4().ToString(), context.Request.Scheme, context.Request.Host.Value!));
                return next(context);
            });
            MapHealth(app);
        },
    });

    // Caddy asks it, and sends nothing to a node that does not answer.
    private static void MapHealth(WebApplication app) => app.MapHealthChecks("/health/ready");

    private static Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> ConnectFrom(string address) => async (context, cancellation) =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    };
}
