using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>
/// Labs that the tests of a class share, because a start takes longer than most tests. For theories whose cases differ in what a client sends: the
/// tests of a class run one after another, and each begins when nothing is left of the connections of the one before.
/// </summary>
public sealed class SharedLabs : IAsyncLifetime
{
    private readonly Dictionary<string, Lab> _labs = [];

    /// <summary>The lab with these settings.</summary>
    internal Task<Lab> GetAsync(string hocon = "") => GetAsync(new LabOptions { Hocon = hocon });

    /// <summary>The lab with these options. A class has one lab for each text of <see cref="LabOptions.Hocon"/>, whatever else the options say.</summary>
    internal async Task<Lab> GetAsync(LabOptions options)
    {
        if (_labs.TryGetValue(options.Hocon, out var lab))
            await lab.Holds(0);
        else
            _labs[options.Hocon] = lab = await Lab.Start(options);
        return lab;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var lab in _labs.Values)
            await lab.DisposeAsync();
    }
}
