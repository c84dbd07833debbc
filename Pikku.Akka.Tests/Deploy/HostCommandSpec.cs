using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Pikku.Akka.Host;
using Pikku.Akka.Tests.Host;
using Xunit;

namespace Pikku.Akka.Tests.Deploy;

/// <summary>What the Host has for deployments: the health check of an image without a shell, and proxies that it trusts.</summary>
public sealed class HostCommandSpec
{
    [Fact]
    public async Task The_command_health_succeeds_while_the_node_responds_and_fails_afterwards()
    {
        var node = await HostNode.Start();
        string[] args = ["--urls", node.Address.ToString()];
        Assert.Equal(0, await Health.CheckAsync(args));
        Assert.Equal(0, await Health.CheckAsync(["--http_ports", $"{node.Address.Port}"]));
        await node.DisposeAsync();
        Assert.Equal(1, await Health.CheckAsync(args));
    }

    [Fact]
    public async Task Only_the_proxies_of_the_setting_may_say_who_a_client_is()
    {
        await using var node = await HostNode.Start(args: ["--TrustedProxies", "10.1.0.0/16, 10.0.0.1, fd00::1"]);
        var options = node.Services.GetRequiredService<IOptions<ForwardedHeadersOptions>>().Value;
        Assert.Equal(["10.1.0.0/16", "10.0.0.1/32", "fd00::1/128"], options.KnownIPNetworks.Select(network => $"{network}"));
        Assert.Empty(options.KnownProxies);

        await using var alone = await HostNode.Start();
        Assert.Equal(ForwardedHeaders.None, alone.Services.GetRequiredService<IOptions<ForwardedHeadersOptions>>().Value.ForwardedHeaders);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => HostNode.Start(args: ["--TrustedProxies", "nginx"]));
        Assert.Contains("TrustedProxies has 'nginx', which is neither an address nor a network.", error.Message, StringComparison.Ordinal);
    }
}
