using Akka.Actor;
using Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Pikku.Akka.Tests.Conformance;

/// <summary>Three nodes of the application in one cluster.</summary>
public sealed class ThreeNodes : IAsyncLifetime
{
    private readonly List<WebApplication> _nodes = [];
    private readonly DirectoryInfo _members = Directory.CreateTempSubdirectory("members");

    internal Uri[] Addresses => [.. _nodes.Select(node => new Uri(node.Urls.Single()))];

    public async Task InitializeAsync()
    {
        string[] seeds = [];
        for (var i = 0; i < 3; i++)
        {
            var node = ConformanceApp.Create(
                ["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None", "--pikku:cluster:host=127.0.0.1", "--pikku:cluster:port=0",
                    $"--Conformance:Members={_members.FullName}", .. seeds]);
            _nodes.Add(node);
            await node.StartAsync();
            var first = global::Akka.Cluster.Cluster.Get(_nodes[0].Services.GetRequiredService<ActorSystem>()).SelfAddress;
            seeds = [$"--pikku:cluster:seeds={first.Host}:{first.Port}"];
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var node in Enumerable.Reverse(_nodes))
        {
            await node.StopAsync();
            await node.DisposeAsync();
        }

        _members.Delete(recursive: true);
    }
}
