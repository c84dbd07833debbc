using Pikku.Akka.Tests.Connections;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

/// <summary>Streams that can't be sent are refused at the start.</summary>
[Trait("Rule", "R1")]
public sealed class StreamWiringSpec
{
    private const string OnlyReplies = "but only the reply to an action or to onMessage can be a stream; return a single value, or send several with IPikkuChannel.SendAsync.";
    private const string OnlyWhole = "only the whole result of an action may be a stream, as IAsyncEnumerable<T>.";

    public static TheoryData<string, string> Refused => new()
    {
        { "onConnect", OnlyReplies },
        { "onDisconnect", OnlyReplies },
        { "onBinaryMessage", "the result must be byte[], ReadOnlyMemory<byte> or nothing." },
        { "property of a result", OnlyWhole },
        { "list of streams", OnlyWhole },
        { "stream of streams", OnlyWhole },
        { "derived type", OnlyWhole },
        { "input", OnlyWhole },
        { "property of an input", OnlyWhole },
        { "event", OnlyWhole },
        { "message", OnlyWhole },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Is_refused_elsewhere_than_as_the_whole_reply(string place, string problem)
    {
        var error = await Assert.ThrowsAsync<PikkuWiringException>(() => LiveNode.StartAsync(c => Wire(c, place)));

        Assert.Contains(error.Problems, text => text.Contains(problem, StringComparison.Ordinal));
    }

    private static void Wire(ChannelBuilder channel, string place)
    {
        object _ = place switch
        {
            "onConnect" => channel.OnConnect(() => Items(1)),
            "onDisconnect" => channel.OnDisconnect(() => Items(1)),
            "onBinaryMessage" => channel.OnBinaryMessage((byte[] _) => Items(1)),
            "property of a result" => channel.MapAction("x", () => new Holder(Items(1))),
            "list of streams" => channel.MapAction("x", () => new[] { Items(1) }),
            "stream of streams" => channel.MapAction("x", () => Items(Items(1))),
            "derived type" => channel.MapAction("x", () => (OwnStream)null!),
            "input" => channel.MapAction("x", (IAsyncEnumerable<int> items) => { }),
            "property of an input" => channel.MapAction("x", (Holder items) => { }),
            "event" => channel.AddTopic(new Topic<Holder>("t")),
            _ => channel.AddClientMessage<Holder>(),
        };
    }

    private static IAsyncEnumerable<T> Items<T>(params T[] items) => items.ToAsyncEnumerable();

    private sealed record Holder(IAsyncEnumerable<int> Items);

    private sealed class OwnStream : IAsyncEnumerable<int>
    {
        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => Items(1).GetAsyncEnumerator(cancellationToken);
    }
}
