using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Pikku.Akka.Tests.Host;

public sealed class LoggingSpec
{
    [Fact]
    public async Task The_request_line_and_the_token_in_it_are_not_logged_even_when_the_configuration_asks_for_it()
    {
        const string category = "Microsoft.AspNetCore.Hosting.Diagnostics";
        await using var node = await HostNode.Start(args: $"--Logging:LogLevel:{category}=Trace");

        var logger = node.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category);

        Assert.False(logger.IsEnabled(LogLevel.Information));
        Assert.True(logger.IsEnabled(LogLevel.Warning));
    }
}
