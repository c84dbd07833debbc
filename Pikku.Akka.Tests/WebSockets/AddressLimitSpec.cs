using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.Requests;
using Pikku.Akka.Tests.Settings;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Which addresses count as one address.</summary>
public sealed class AddressLimitSpec
{
    private readonly RecordingLog<PikkuLog> _log = new();
    private readonly ManualTime _clock = new();

    public static TheoryData<string, string, int, bool> Pairs => new()
    {
        { "2001:db8:0:1::1", "2001:db8:0:1::2", 64, true },
        { "2001:db8:0:1::1", "2001:db8:0:1:ffff:ffff:ffff:ffff", 64, true },
        { "2001:db8:0:1::1", "2001:db8:0:2::1", 64, false },
        { "2001:db8:0:100::1", "2001:db8:0:1ff::1", 56, true },
        { "2001:db8:0:100::1", "2001:db8:0:200::1", 56, false },
        { "2001:db8:0:1::1", "2001:db8:0:2::1", 62, true },
        { "2001:db8:0:1::1", "2001:db8:0:4::1", 62, false },
        { "2001:db8::1", "2001:db8::2", 128, false },
        { "2001:db8::1", "2001:db8::1", 128, true },
        { "fe80::1%2", "fe80::1%3", 64, true },
        { "192.0.2.1", "192.0.2.2", 64, false },
        { "192.0.2.1", "::ffff:192.0.2.1", 64, true },
        { "::ffff:192.0.2.1", "::ffff:192.0.2.2", 1, false },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void An_address_of_IPv6_counts_by_its_network(string first, string second, int prefix, bool isOne)
    {
        var limits = Limits($"connections-per-address = 1, ipv6-prefix = {prefix}");

        using var place = limits.Take(From(first));

        if (isOne)
            Assert.Equal(429, Assert.Throws<RequestRefusal>(() => limits.Take(From(second))).Status);
        else
            limits.Take(From(second)).Dispose();
    }

    [Fact]
    public void A_whole_network_has_the_connections_of_one_address()
    {
        var limits = Limits("connections-per-address = 2");

        var taken = Enumerable.Range(1, 3).SelectMany(host => Enumerable.Repeat($"2001:db8::{host}", 2)).Count(address =>
        {
            try
            {
                limits.Take(From(address));
                return true;
            }
            catch (RequestRefusal)
            {
                return false;
            }
        });

        Assert.Equal(2, taken);
    }

    [Fact]
    public void Connections_without_an_address_share_no_limit_and_the_log_says_so_once()
    {
        var limits = Limits("connections-per-address = 2, connections-per-node = 5");

        var places = Enumerable.Range(0, 5).Select(_ => limits.Take(From(null))).ToArray();

        Assert.Equal(5, places.Length);
        Assert.Equal(503, Assert.Throws<RequestRefusal>(() => limits.Take(From(null))).Status);
        var line = Assert.Single(_log.Entries);
        Assert.Equal(52, line.Id.Id);
        Assert.Equal(LogLevel.Warning, line.Level);
    }

    [Fact]
    public void A_connection_that_ends_returns_its_place_once()
    {
        var limits = Limits("connections-per-address = 2, connections-per-node = 3");
        var ended = limits.Take(From("192.0.2.1"));
        limits.Take(From("192.0.2.1"));

        ended.Dispose();
        ended.Dispose();

        limits.Take(From("192.0.2.1"));
        Assert.Equal(429, Assert.Throws<RequestRefusal>(() => limits.Take(From("192.0.2.1"))).Status);
        limits.Take(From("192.0.2.2"));
        Assert.Equal(503, Assert.Throws<RequestRefusal>(() => limits.Take(From("192.0.2.2"))).Status);
    }

    [Fact]
    public async Task Clients_of_a_unix_socket_are_accepted_and_the_log_mentions_forwarded_headers()
    {
        var folder = Directory.CreateTempSubdirectory();
        var path = Path.Combine(folder.FullName, "s");
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = "pikku.limits.connections-per-address = 2",
            Builder = builder => builder.WebHost.ConfigureKestrel(server => server.ListenUnixSocket(path)),
        });
        using var http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        var clients = new List<TextClient>();
        for (var i = 0; i < 3; i++)
            clients.Add(await TextClient.Connect(new Uri("ws://localhost/lab"), http: http));

        Assert.Single(lab.Logs.Entries, entry => entry.Text.Contains("UseForwardedHeaders", StringComparison.Ordinal));
        foreach (var client in clients)
            client.Dispose();
        await lab.Stop();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Many_connections_of_one_address_with_an_unprocessed_header_of_a_proxy_are_explained_once_in_an_interval()
    {
        var limits = Limits("connections-per-address = 4");

        for (var i = 0; i < 4; i++)
            limits.Take(Forwarded());
        for (var i = 0; i < 3; i++)
            Assert.Equal(429, Assert.Throws<RequestRefusal>(() => limits.Take(Forwarded())).Status);

        var line = Assert.Single(_log.Entries);
        Assert.Equal((91, LogLevel.Warning), (line.Id.Id, line.Level));
        Assert.StartsWith("2 connections have the address 192.0.2.1", line.Text, StringComparison.Ordinal);
        Assert.Contains("UseForwardedHeaders", line.Text, StringComparison.Ordinal);
        Assert.EndsWith("pikku.limits.connections-per-address = 4", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("198.51.100.7", line.Text, StringComparison.Ordinal); // what the header says is the address of a user

        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(429, Assert.Throws<RequestRefusal>(() => limits.Take(Forwarded())).Status);
        Assert.Equal(2, _log.Entries.Count);

        static DefaultHttpContext Forwarded()
        {
            var context = From("192.0.2.1");
            context.Request.Headers["X-Forwarded-For"] = "198.51.100.7";
            return context;
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("X-Original-For")]
    public void Nothing_is_explained_where_the_headers_are_processed_or_there_are_none(string? header)
    {
        var limits = Limits("connections-per-address = 4");

        for (var i = 0; i < 5; i++)
        {
            var context = From("192.0.2.1");
            if (header is not null)
            {
                context.Request.Headers[header] = "10.0.0.1:1234";
                context.Request.Headers["X-Forwarded-For"] = "198.51.100.7";
            }

            if (i < 4)
                limits.Take(context);
            else
                Assert.Throws<RequestRefusal>(() => limits.Take(context));
        }

        Assert.Empty(_log.Entries);
    }

    private static DefaultHttpContext From(string? address)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        return context;
    }

    private ConnectionLimits Limits(string hocon) => new(Read.Hocon($"pikku.limits {{ {hocon} }}").Limits, new PikkuLog(_log), _clock);
}
