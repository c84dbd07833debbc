using System.Diagnostics;

namespace Pikku.Akka.Benchmarks.Cluster.Rows;

/// <summary>How soon a joining node reaches the subscribers of many topics.</summary>
internal sealed class JoiningNode : IClusterRow
{
    private const int Topics = 50_000;

    public string Name => "joiner";

    public async Task<IReadOnlyList<Finding>> RunAsync(ClusterOptions options)
    {
        await using var cluster = await TwoSystems.StartAsync();
        var counter = new CountingSubscriber("users");
        cluster.Nodes[1].Add(counter);
        for (var i = 0; i < Topics; i++)
            await cluster.Nodes[1].Hub.SubscribeAsync(new Topic<string>($"user:{i}"), counter.Id);

        var begun = Stopwatch.GetTimestamp();
        var joiner = await cluster.AddAsync();
        var linked = Stopwatch.GetElapsedTime(begun);
        for (var i = 0; i < Topics; i++)
            await joiner.Hub.PublishAsync(new Topic<string>($"user:{i}"), "x");
        while (counter.Count < Topics)
            await Task.Delay(1);
        return
        [
            new($"a joining node with {Topics:N0} topics in use is linked after", Statistics.Seconds(linked)),
            new("and has published to each topic, with all events delivered, after", Statistics.Seconds(Stopwatch.GetElapsedTime(begun))),
        ];
    }
}
