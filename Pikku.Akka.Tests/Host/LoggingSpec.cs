using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Pikku.Akka.Tests.Host;

public sealed class LoggingSpec
{
    [Theory]
    [InlineData("Information", true)]
    [InlineData("Warning", false)]
    public async Task The_configuration_decides_whether_requests_are_logged(string level, bool logged)
    {
        const string category = "Microsoft.AspNetCore.Hosting.Diagnostics";
        await using var node = await HostNode.Start(args: $"--Logging:LogLevel:{category}={level}");

        var logger = node.Services.GetRequiredService<ILoggerFactory>().CreateLogger(category);

        Assert.Equal(logged, logger.IsEnabled(LogLevel.Information));
        Assert.True(logger.IsEnabled(LogLevel.Warning));
    }
}
