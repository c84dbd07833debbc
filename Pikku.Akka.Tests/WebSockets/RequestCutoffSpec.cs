using Pikku.Akka.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

public sealed class RequestCutoffSpec
{
    [Fact]
    public void Cuts_the_request_off_while_it_runs_and_not_the_next_one()
    {
        var cut = 0;
        var cutoff = new RequestCutoff(() => cut++);

        cutoff.Cut();
        cutoff.Disarm();
        cutoff.Cut();

        Assert.Equal(1, cut);
    }
}
