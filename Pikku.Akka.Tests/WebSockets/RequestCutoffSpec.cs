using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

public sealed class RequestCutoffSpec
{
    [Fact]
    public void Aborts_the_request_while_it_runs_and_not_the_next_one()
    {
        var cut = 0;
        var cutoff = FakeCutoff.Create(() => cut++);

        cutoff.Abort();
        cutoff.Disarm();
        cutoff.Abort();

        Assert.Equal(1, cut);
    }
}
