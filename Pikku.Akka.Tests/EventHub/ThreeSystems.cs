using Akka.Actor;
using Pikku.Akka.Settings;
using Xunit;

namespace Pikku.Akka.Tests.EventHub;

/// <summary>Three actor systems that are one cluster, for all tests of a class: to form one takes seconds.</summary>
public sealed class ThreeSystems : IAsyncLifetime
{
    private readonly List<ActorSystem> _all = [];

    public IReadOnlyList<ActorSystem> All => _all;

    /// <summary>Completes when each is a full member.</summary>
    public Task Formed { get; private set; } = Task.CompletedTask;

    internal NodeSettings Settings { get; private set; } = null!;

    public Task InitializeAsync() => Formed = FormAsync();

    public async Task DisposeAsync()
    {
        foreach (var system in _all)
            await system.Terminate();
    }

    private async Task FormAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            var (system, settings) = await ClusterMember.StartAsync(
                "akka { loglevel = ERROR, actor.serialize-messages = on }", _all.FirstOrDefault());
            _all.Add(system);
            Settings = settings;
        }
    }
}
