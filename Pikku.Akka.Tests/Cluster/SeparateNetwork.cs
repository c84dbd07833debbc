using System.Diagnostics;
using System.Net;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>
/// A network namespace of Linux with two cables to the network of the test: one for the other nodes, which can be cut, and one for clients. Its addresses exist on this
/// machine only.
/// </summary>
internal sealed class SeparateNetwork : IDisposable
{
    private static int s_count;

    private readonly string _nodes;
    private readonly string _clients;
    private readonly byte[] _subnet;
    private bool _isCreated;

    private SeparateNetwork(int number)
    {
        Name = $"pikku-{Environment.ProcessId}-{number}";
        // The name of an interface has at most 15 characters.
        _nodes = $"pn{number}-{Environment.ProcessId}";
        _clients = $"pc{number}-{Environment.ProcessId}";
        _subnet = [10, (byte)Random.Shared.Next(64, 192), (byte)Random.Shared.Next(256)];
    }

    public string Name { get; }

    /// <summary>The address of nodes outside, for the node inside.</summary>
    public IPAddress Outside => Host(1);

    /// <summary>The address of the node inside, for nodes outside.</summary>
    public IPAddress Inside => Host(2);

    /// <summary>The address of the node inside, for clients.</summary>
    public IPAddress ForClients => Host(6);

    /// <summary>Creates the namespace. Skips the test where that is not possible.</summary>
    public static async Task<SeparateNetwork> CreateAsync()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Network namespaces need root on Linux.");
        var network = new SeparateNetwork(Interlocked.Increment(ref s_count));
        try
        {
            await IpAsync($"netns add {network.Name}");
            network._isCreated = true;
            await network.ConnectAsync(network._nodes, network.Outside, network.Inside);
            await network.ConnectAsync(network._clients, network.Host(5), network.ForClients);
            await IpAsync($"-n {network.Name} link set lo up");
            return network;
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            network.Dispose();
            Skip.If(true, $"Network namespaces are not available: {error.Message}");
            throw;
        }
    }

    /// <summary>Cuts the cable between the nodes.</summary>
    public Task CutAsync() => IpAsync($"-n {Name} link set {_nodes} down");

    /// <summary>Connects the nodes again.</summary>
    public Task MendAsync() => IpAsync($"-n {Name} link set {_nodes} up");

    // The cables go with the namespace.
    public void Dispose()
    {
        if (!_isCreated)
            return;
        using var ip = Process.Start(new ProcessStartInfo("ip", ["netns", "del", Name]) { RedirectStandardError = true })!;
        ip.WaitForExit();
    }

    private IPAddress Host(byte number) => new([.. _subnet, number]);

    private async Task ConnectAsync(string cable, IPAddress outside, IPAddress inside)
    {
        await IpAsync($"link add {cable} type veth peer name {cable} netns {Name}");
        await IpAsync($"addr add {outside}/30 dev {cable}");
        await IpAsync($"link set {cable} up");
        await IpAsync($"-n {Name} addr add {inside}/30 dev {cable}");
        await IpAsync($"-n {Name} link set {cable} up");
    }

    private static async Task IpAsync(string arguments)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
        var error = await ip.StandardError.ReadToEndAsync();
        await ip.WaitForExitAsync();
        if (ip.ExitCode != 0)
            throw new InvalidOperationException($"ip {arguments}: {error.Trim()}");
    }
}
