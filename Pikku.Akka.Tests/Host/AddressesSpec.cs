using Pikku.Akka.Host;
using Xunit;

namespace Pikku.Akka.Tests.Host;

public sealed class AddressesSpec
{
    [Theory]
    [InlineData("http://127.0.0.1:5080", "http://127.0.0.1:5080")]
    [InlineData("http://[::]:8080", "http://localhost:8080")]
    [InlineData("http://0.0.0.0:8080/", "http://localhost:8080")]
    [InlineData("https://+:443", "https://localhost:443")]
    public void The_printed_address_can_be_opened_in_a_browser(string url, string printed)
    {
        Assert.Equal(printed, Addresses.Reachable(url));
    }
}
