using System.Net;
using System.Net.Sockets;
using Pikku.Akka.Tests.WebSockets;

namespace Pikku.Akka.Benchmarks.Fuzz;

/// <summary>One hostile connection. Its number and the seed decide what it does.</summary>
internal static class Attack
{
    private const int FragmentFlood = 100_000; // frames
    private const int PingFlood = 10_000; // frames, far above pikku.limits.control-frames-per-second
    private const int UnreadMessages = 2_000;

    /// <summary>Runs one connection.</summary>
    /// <returns>The kind of the attack.</returns>
    public static async Task<string> RunAsync(IPEndPoint server, int seed, int number, TimeSpan patience, Findings findings)
    {
        var random = new Random(unchecked((seed * 1_000_003) + number));
        var (kind, attack) = Choose(random);
        try
        {
            using var client = await HostileClient.ConnectAsync(server, random, patience);
            if (await attack(client, random) is { } wrong)
                findings.Add($"connection {number} ({kind}): {wrong}");
        }
        catch (OperationCanceledException)
        {
            findings.Add($"connection {number} ({kind}): the server did not answer within {patience.TotalSeconds} s");
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            findings.Add($"connection {number} ({kind}): {e.Message}");
        }

        return kind;
    }

    private static (string Kind, Func<HostileClient, Random, Task<string?>> Attack) Choose(Random random) => random.Next(100) switch
    {
        < 30 => ("dialogues", (client, r) => DialogueAttack.RunAsync(client, r, FrameGenerator.Dialogue(r), mayCompress: false)),
        < 55 => ("compressed dialogues", (client, r) => DialogueAttack.RunAsync(client, r, FrameGenerator.Dialogue(r, mayCompress: true), mayCompress: true)),
        < 60 => ("random bytes", (client, r) => DialogueAttack.RunAsync(client, r, FrameGenerator.Noise(r, r.Next(200)), mayCompress: r.Next(2) == 0)),
        < 65 => ("random compressed bytes", (client, r) => DialogueAttack.RunAsync(client, r, FrameGenerator.Masked(r, 0xC2, FrameGenerator.Noise(r, r.Next(200))), mayCompress: true)),
        < 70 => ("endless fragments", (client, r) => FloodAsync(client, [.. FrameGenerator.Masked(r, RawFrame.Binary & RawFrame.Unfinished, [])], FrameGenerator.Masked(r, 0, []), FragmentFlood)),
        < 75 => ("floods of pings", (client, r) => FloodAsync(client, [], FrameGenerator.Masked(r, RawFrame.Ping, FrameGenerator.Noise(r, r.Next(126))), PingFlood)),
        < 82 => ("huge lengths", HugeLengthAsync),
        < 87 => ("messages that never end", NeverEndsAsync),
        < 91 => ("clients that do not read", NeverReadsAsync),
        < 96 => ("broken upgrades", BrokenUpgradeAsync),
        _ => ("clients that leave at once", LeaveAsync),
    };

    private static async Task<string?> FloodAsync(HostileClient client, byte[] begin, byte[] frame, int count)
    {
        await client.UpgradeAsync();
        var closing = CloseCodeAsync(client);
        try
        {
            await client.SendAsync(begin);
            byte[] batch = [.. Enumerable.Repeat(frame, 500).SelectMany(one => one)];
            for (var sent = 0; sent < count && !closing.IsCompleted; sent += 500)
                await client.SendAsync(batch);
        }
        catch (IOException)
        {
            // The server has ended the connection while it was flooded.
        }

        return await closing is 1008 ? null : $"closed with {await closing} instead of 1008";
    }

    private static async Task<string?> HugeLengthAsync(HostileClient client, Random random)
    {
        await client.UpgradeAsync();
        var length = 1UL << random.Next(10, 63); // 1024 and more
        await client.SendAsync(RawFrame.Header(random.Next(2) == 0 ? RawFrame.Text : RawFrame.Binary, length));
        return await CloseCodeAsync(client) is 1009 ? null : $"a header of {length} bytes was not refused with 1009";
    }

    private static async Task<string?> NeverEndsAsync(HostileClient client, Random random)
    {
        await client.UpgradeAsync();
        var frame = FrameGenerator.Masked(random, RawFrame.Binary, FrameGenerator.Noise(random, random.Next(1, 50)));
        await client.SendAsync(frame[..random.Next(1, frame.Length)]);
        return await CloseCodeAsync(client) is 1008 ? null : "a message that does not end was not refused with 1008";
    }

    private static async Task<string?> NeverReadsAsync(HostileClient client, Random random)
    {
        await client.UpgradeAsync();
        var message = FrameGenerator.Masked(random, RawFrame.Binary, FrameGenerator.Noise(random, FuzzServer.MaxMessage));
        byte[] batch = [.. Enumerable.Repeat(message, 20).SelectMany(one => one)];
        using var stop = new CancellationTokenSource();
        var sending = SendAllAsync(client, batch, UnreadMessages / 20);
        await Task.WhenAny(sending, Task.Delay(random.Next(500), stop.Token)); // the server may stop reading, which is its right
        await stop.CancelAsync();
        client.Dispose();
        await sending;
        return null;
    }

    private static async Task SendAllAsync(HostileClient client, byte[] batch, int count)
    {
        try
        {
            for (var i = 0; i < count; i++)
                await client.SendAsync(batch);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException or SocketException)
        {
            // The client has left.
        }
    }

    private static async Task<string?> BrokenUpgradeAsync(HostileClient client, Random random)
    {
        var request = HostileClient.UpgradeRequest();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
            request[random.Next(request.Length)] = (byte)random.Next(256);
        await client.SendAsync(request[..random.Next(1, request.Length + 1)]);
        client.EndSending(); // so that the server need not wait for the rest
        await client.ReadToEndAsync();
        return null;
    }

    private static async Task<string?> LeaveAsync(HostileClient client, Random random)
    {
        await client.UpgradeAsync();
        if (random.Next(2) == 0)
            await client.SendAsync(FrameGenerator.Dialogue(random));
        return null;
    }

    private static async Task<int?> CloseCodeAsync(HostileClient client)
    {
        while (await client.ReadFrameAsync() is { } frame)
        {
            if (frame.First == RawFrame.Close)
                return frame.CloseCode;
        }

        return null;
    }
}
