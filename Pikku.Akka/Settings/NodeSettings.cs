namespace Pikku.Akka.Settings;

/// <summary><c>pikku.cluster</c>: the cluster of this node.</summary>
internal sealed record NodeSettings
{
    /// <summary>The name of the actor system that Pikku creates. All nodes of a cluster have to have the same one.</summary>
    public const string SystemName = "pikku";

    /// <summary>The value of <see cref="Host"/> for a node that runs without a cluster.</summary>
    public const string NoHost = "none";

    /// <summary>The value of <see cref="StateDirectory"/> for a node that does not remember the members of its cluster.</summary>
    public const string NoDirectory = "none";

    /// <summary>Nodes ask each other six times in <c>isolation-timeout</c>, at ticks of 100 ms. In less time a healthy node would count as cut off.</summary>
    private static readonly TimeSpan ShortestIsolation = TimeSpan.FromMilliseconds(600);

    /// <summary>
    /// Nodes send four signs of life in <c>silent-after</c>, at ticks of 100 ms. In less time than four ticks healthy nodes would count as silent.
    /// </summary>
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromMilliseconds(400);

    public required string Host { get; init; }

    public required int Port { get; init; }

    public required IReadOnlyList<string> Seeds { get; init; }

    public required IReadOnlyList<string> Roles { get; init; }

    public required string StateDirectory { get; init; }

    public required DiscoverySettings Discovery { get; init; }

    public required TimeSpan JoinTimeout { get; init; }

    public required TimeSpan RequestTimeout { get; init; }

    public required TimeSpan SilentAfter { get; init; }

    public required TimeSpan IsolationTimeout { get; init; }

    public required TimeSpan Heartbeat { get; init; }

    public required int MaxBatchSize { get; init; }

    public required int MaxUnacknowledged { get; init; }

    public required int MaxKept { get; init; }

    public required int MaxUnacknowledgedMessages { get; init; }

    /// <summary>True when the cluster is that of an actor system of the application, which alone decides whom this node joins.</summary>
    internal bool IsOfApplication { get; init; }

    /// <summary>True when the node belongs to a cluster.</summary>
    internal bool IsOn => Host != NoHost;

    public static NodeSettings Read(StrictReader reader) => new()
    {
        Host = reader.Name("pikku.cluster.host"),
        Port = reader.Integer("pikku.cluster.port", 0, ushort.MaxValue),
        Seeds = reader.List("pikku.cluster.seeds", "an address such as 10.0.0.1:4053", ClusterConfig.IsSeed),
        Roles = reader.List("pikku.cluster.roles", "a name without blanks", role => role.Length > 0 && !role.Any(char.IsWhiteSpace)),
        StateDirectory = reader.Name("pikku.cluster.state-directory"),
        Discovery = DiscoverySettings.Read(reader),
        JoinTimeout = reader.Duration("pikku.cluster.join-timeout", Bounds.Shortest, Bounds.Day),
        RequestTimeout = reader.Duration("pikku.cluster.request-timeout", Bounds.Shortest, Bounds.Day),
        SilentAfter = reader.Duration(
            "pikku.cluster.silent-after", ShortestSilence, Bounds.Day,
            "nodes send four signs of life in that time, at ticks of 100ms, and would count as silent in less"),
        IsolationTimeout = reader.Duration(
            "pikku.cluster.isolation-timeout", ShortestIsolation, Bounds.Day,
            "nodes ask each other six times in that time, at ticks of 100ms, and would count as cut off in less"),
        Heartbeat = reader.Duration("pikku.cluster.heartbeat", Bounds.Shortest, Bounds.Day),
        MaxBatchSize = reader.Size("pikku.cluster.max-batch-size", 1, Bounds.Size),
        MaxUnacknowledgedMessages = reader.Size("pikku.cluster.max-unacknowledged-messages", 1, Bounds.Size),
        MaxKept = reader.Size("pikku.cluster.max-kept", 1, Bounds.Size),
        MaxUnacknowledged = reader.Size("pikku.cluster.max-unacknowledged", 1, Bounds.Size),
    };
}
