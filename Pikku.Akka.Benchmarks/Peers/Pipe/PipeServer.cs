using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Pikku.Akka.Benchmarks.Peers.Pipe;

/// <summary>
/// Custom framing directly on Kestrel's upgraded connection: a lower bound for the cost without System.Net.WebSockets. A broadcast
/// frame is built
/// once and its bytes are appended to the output of every subscriber.
/// </summary>
internal static class PipeServer
{
    private static readonly ConcurrentDictionary<string, ImmutableArray<PipeOutput>> Topics = new();

    [ThreadStatic]
    private static byte[]? frame;

    public static async Task Echo(HttpContext context)
    {
        var stream = await Upgrade(context);
        var output = new PipeOutput(stream);
        await Frames.ReadAll(stream, body => output.Enqueue(Framed(body)), output.Kick);
    }

    public static async Task PubSub(HttpContext context)
    {
        var stream = await Upgrade(context);
        var me = new PipeOutput(stream);
        string? mine = null;
        var touched = new HashSet<string>();
        await Frames.ReadAll(stream, Handle, KickTouched);
        if (mine is not null)
            Topics.AddOrUpdate(mine, [], (_, all) => all.Remove(me));

        void Handle(Span<byte> body)
        {
            if (body[0] == 'S')
            {
                mine = Encoding.UTF8.GetString(body[1..]);
                Topics.AddOrUpdate(mine, [me], (_, all) => all.Add(me));
                me.Enqueue(Framed("s"u8));
                me.Kick();
                return;
            }

            var topic = Encoding.UTF8.GetString(body[1..body.IndexOf((byte)' ')]);
            body[0] = (byte)'M';
            var framed = Framed(body);
            foreach (var output in Subscribers(topic))
                output.Enqueue(framed);
            touched.Add(topic);
        }

        void KickTouched()
        {
            foreach (var topic in touched)
                foreach (var output in Subscribers(topic))
                    output.Kick();
            touched.Clear();
        }
    }

    private static ImmutableArray<PipeOutput> Subscribers(string topic) => Topics.TryGetValue(topic, out var all) ? all : [];

    private static ReadOnlySpan<byte> Framed(ReadOnlySpan<byte> body)
    {
        frame ??= new byte[Frames.MaxLength];
        return frame.AsSpan(0, Frames.Write(body, frame));
    }

    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 §1.3 requires SHA-1; it protects nothing secret.")]
    private static async Task<Stream> Upgrade(HttpContext context)
    {
        var accept = SHA1.HashData(Encoding.ASCII.GetBytes(context.Request.Headers.SecWebSocketKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
        context.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(accept);
        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.Upgrade = "websocket";
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }
}
