using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Pikku.Akka.Tests.WebSockets;
using Xunit;

namespace Pikku.Akka.Tests.Hosting;

/// <summary>What the library changes of its application, a setting leaves as it is.</summary>
public sealed class HostSettingsSpec
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(3);

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task The_shutdown_timeout_of_the_host_is_raised_unless_a_setting_forbids_it(string extends)
    {
        await using var lab = await Lab.Start(new LabOptions
        {
            Hocon = $"pikku.shutdown.extend-host-timeout = {extends}",
            Builder = builder => builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Short),
        });

        var allowed = lab.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout;

        Assert.Equal(extends == "off", allowed == Short);
        Assert.Equal(extends == "off", lab.Logs.Entries.Any(e => e.Level == LogLevel.Warning && e.Text.Contains("extend-host-timeout", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public async Task Tokens_in_addresses_are_masked_in_the_log_of_requests_unless_a_setting_forbids_it(string masks)
    {
        await using var lab = await Lab.Start($"pikku.upgrade.mask-query-token = {masks}");

        await UpgradeSpec.Respond(lab, RawClient.UpgradeRequest("/nowhere?access_token=secret"));
        await Eventually.Holds(() => lab.Logs.Entries.Any(e => e.Text.Contains("Request finished", StringComparison.Ordinal)), "the request is logged");

        Assert.Equal(masks == "off", lab.Logs.Entries.Any(e => e.Text.Contains("access_token=secret", StringComparison.Ordinal)));
    }
}
