using Pikku.Akka.Tests;
using Xunit;
using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Pikku.Akka.Tests." + nameof(LongestFirst), "Pikku.Akka.Tests")]

namespace Pikku.Akka.Tests;

/// <summary>
/// Starts the classes that take longest first, so that none of them runs alone at the end. Most of their time is waiting: for processes, for a
/// failure detector, for a build.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // Those that start processes are apart from one another, because a start is what costs.
    private static readonly Type[] s_longest =
    [
        typeof(Packages.PackagesCollection), typeof(Cluster.NothingMissedSpec), typeof(Cluster.RollingRestartSpec), typeof(Cluster.ClusterSpec), typeof(Hosting.QuietSpec),
        typeof(Cluster.SilentNodeSpec), typeof(Cluster.FrozenNodeSpec), typeof(Conformance.ConformanceTests), typeof(Hosting.MappingSpec),
        typeof(Clients.BrowserClientSpec), typeof(Cluster.PartitionProcessSpec), typeof(Cluster.ClusterProcessSpec), typeof(Clients.CSharp.ClientEndToEndSpec), typeof(Values.DepthSpec),
        typeof(Cluster.FrozenClientSpec), typeof(Host.BrowserSpec),
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) => testCollections.OrderBy(Place);

    // A class without a collection of its own has one that is named after it. Collections of several classes have the name of their definition.
    private static int Place(ITestCollection collection)
    {
        var place = Array.FindIndex(s_longest, type => collection.DisplayName == type.FullName || collection.DisplayName.EndsWith($" {type.FullName}", StringComparison.Ordinal));
        return place < 0 ? s_longest.Length : place;
    }
}
