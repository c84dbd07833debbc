using Akka.TestKit.Xunit2;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Channels;

public sealed class ChannelFlowSpec : TestKit
{
    [Fact]
    public async Task Answers_with_the_result_of_the_function()
    {
        await using var node = new TestNode(app => app
            .WireChannel("c", c => c.Auth(false).OnMessage("action", a => a.On("echo", (string text) => text))));
        await node.StartAsync(Sys);
        var connection = node.Connect(enveloped: true).OwnedBy(Sys);

        Assert.Equal("""{"action":"echo","id":1,"data":"hi"}""", await connection.AskAsync("""{"action":"echo","id":1,"data":"hi"}"""));
    }
}
