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

        Assert.True(error.Problems.Any(text => text.EndsWith(problem, StringComparison.Ordinal)), string.Join("\n", error.Problems));
    }

    private static void Wire(ChannelBuilder channel, string place)
    {
        switch (place)
        {
            case "onConnect": channel.OnConnect(() => Items(1)); break;
            case "onDisconnect": channel.OnDisconnect(() => Items(1)); break;
            case "onBinaryMessage": channel.OnBinaryMessage((byte[] _) => Items(1)); break;
            case "property of a result": channel.MapAction("x", () => new Holder(Items(1))); break;
            case "list of streams": channel.MapAction("x", () => new[] { Items(1) }); break;
            case "stream of streams": channel.MapAction("x", () => Items(Items(1))); break;
            case "derived type": channel.MapAction("x", () => (OwnStream)null!); break;
            case "input": channel.MapAction("x", (IAsyncEnumerable<int> items) => { }); break;
            case "property of an input": channel.MapAction("x", (Holder items) => { }); break;
            case "event": channel.AddTopic(new Topic<Holder>("t")); break;
            default: channel.AddClientMessage<Holder>(); break;
        }
    }

    private static IAsyncEnumerable<T> Items<T>(params T[] items) => items.ToAsyncEnumerable();

    private sealed record Holder(IAsyncEnumerable<int> Items);

    private sealed class OwnStream : IAsyncEnumerable<int>
    {
        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => Items(1).GetAsyncEnumerator(cancellationToken);
    }
}
