using Microsoft.Extensions.DependencyInjection;
using Pikku.Akka.Channels;
using Pikku.Akka.Dispatch;
using Pikku.Akka.Hosting;
using Pikku.Akka.Sessions;
using Pikku.Akka.Tests.Connections;
using Pikku.Akka.Tests.Support;
using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

public sealed class ReceiveLoopSpec
{
    [Fact]
    public async Task Holds_no_buffer_while_no_data_arrives()
    {
        await using var lab = await Lab.Start();
        var app = lab.Services.GetRequiredService<PikkuApp>();
        var channel = new Connection(
            "idle", app.Channels[0], null, lab.Services, new SessionHolder(app.Clock), isEnveloped: false, AmbientContext.None, new RecordingTransport());
        using var connection = new SilentConnection();

        var running = new ReceiveLoop(TransportFeatures.InputOf(connection), channel).RunAsync(default);

        Assert.Equal([0], connection.Asked);
        connection.Break();
        await Assert.ThrowsAsync<IOException>(() => running);
    }

    [Fact]
    [Trait("Rule", "B9")]
    public async Task Does_not_count_the_wait_for_credit_as_time_of_the_message()
    {
        var clock = new ManualTime();
        var gate = new Gate();
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = "pikku { connection { message-timeout = 1m, ping-interval = infinite, inbox-messages = 1, inbox-messages-during-call = 1 }\n function.timeout = 1h }",
            Builder = b => b.Services.AddSingleton<TimeProvider>(clock),
            Channel = c => c.OnMessage(async (string text) =>
            {
                await gate.PassAsync();
                return text;
            }),
        });
        await using var client = await lab.Raw();
        var run = RawFrame.Bytes(RawFrame.Text, "run"u8);

        // The second message is read after the first one was handled, and its end has not arrived by then.
        await client.Send([.. run, .. run[..^1]]);
        await gate.Entered;
        var channel = lab.Directory.All.Single();
        Assert.Equal(0, channel.Activity.ReceivingSince);
        clock.Advance(TimeSpan.FromMinutes(10));
        gate.Open();
        await client.ReadFrame();

        await Eventually.Holds(() => channel.Activity.ReceivingSince == clock.GetTimestamp(), "a message that begins now");
        await client.Send(run[^1..]);
        Assert.Equal(RawFrame.Text, (await client.ReadFrame())!.First);
    }

    // Returns no data, and records the size of the buffers.
    private sealed class SilentConnection : MemoryStream
    {
        private readonly TaskCompletionSource<int> _nothing = new();

        public List<int> Asked { get; } = [];

        public void Break() => _nothing.SetException(new IOException("gone"));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Asked.Add(buffer.Length);
            return new ValueTask<int>(_nothing.Task);
        }
    }
}
