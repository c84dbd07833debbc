using System.Globalization;

namespace Pikku.Akka.Settings;

/// <summary><c>pikku.function</c>: how functions run.</summary>
internal sealed record FunctionSettings
{
    private const int MaxInstances = 1024; // Each instance uses up to one thread, and an application has many functions.

    public required TimeSpan Timeout { get; init; }

    public required int Instances { get; init; }

    public required string Dispatcher { get; init; }

    public required IReadOnlyList<string> Placement { get; init; }

    public required IReadOnlyList<string> Blocking { get; init; }

    public required TimeSpan BlockingWarning { get; init; }

    /// <summary>The role of the nodes that run a function; null when the function runs on the node of its connection.</summary>
    public string? RoleOf(string function) =>
        Placement.FirstOrDefault(item => item.AsSpan(0, item.IndexOf('=', StringComparison.Ordinal)).SequenceEqual(function)) is { } item
            ? item[(function.Length + 1)..]
            : null;

    /// <summary>The functions that have a role.</summary>
    public IEnumerable<string> PlacedFunctions() => Placement.Select(item => item.Split('=')[0]);

    /// <summary>How many calls of a blocking function run at a time; null for a function that does not block.</summary>
    public int? BlockingInstancesOf(string function) =>
        Blocking.FirstOrDefault(item => NameOf(item) == function) is { } item ? InstancesOf(item) : null;

    /// <summary>The functions that block their thread.</summary>
    public IEnumerable<string> BlockingFunctions() => Blocking.Select(NameOf);

    public static FunctionSettings Read(StrictReader reader) => new()
    {
        Timeout = reader.Duration("pikku.function.timeout", Bounds.Shortest, Bounds.Day),
        Instances = reader.IntegerOrAuto("pikku.function.instances", Environment.ProcessorCount, 1, MaxInstances),
        Placement = reader.List("pikku.function.placement", "function=role", item => item.Split('=') is [{ Length: > 0 }, { Length: > 0 }]),
        Dispatcher = reader.Name("pikku.function.dispatcher"),
        Blocking = reader.List(
            "pikku.function.blocking", $"function=calls, with a number of calls from 1 to {MaxInstances}", item => InstancesOf(item) is not null),
        BlockingWarning = reader.DurationOrInfinite("pikku.function.blocking-warning", Bounds.Shortest, Bounds.Day),
    };

    private static string NameOf(string item) => item[..Math.Max(0, item.LastIndexOf('='))].TrimEnd();

    private static int? InstancesOf(string item) =>
        NameOf(item).Length > 0
        && int.TryParse(item.AsSpan(item.LastIndexOf('=') + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var instances)
        && instances is >= 1 and <= MaxInstances
            ? instances
            : null;
}
