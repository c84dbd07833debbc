using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Connections;

/// <summary>What is left of streams when they have ended.</summary>
internal static class StreamExpectations
{
    /// <summary>Passes once no stream and no cancelled call of the connection runs any more, and nothing else has been sent.</summary>
    public static async Task ExpectNoStreamsAsync(this LiveNode node, LiveConnection connection)
    {
        using var timeout = new CancellationTokenSource(Patience.Long);
        while (connection.Channel.HasStreams)
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        await connection.SettleAsync();
        Assert.Equal(0, node.Meters["pikku.stream.count"]);
    }
}
