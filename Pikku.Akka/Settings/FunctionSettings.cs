using System.Globalization;

namespace Pikku.Akka.Settings;

/// <summary><c>pikku.function</c>: how functions run.</summary>
internal sealed record FunctionSettings
{
    private const int MaxInstances = 1024; // each is a thread, or a thread's worth of work, and there are many functions

    public required TimeSpan Timeout { get; init; }

    public required int Instances { get; init; }

    public required string Dispatcher { get; init; }

    public required IReadOnlyList<string> Placement { get; init; }

    public required IReadOnlyList<string> Blocking { get; init; }

    public required TimeSpan BlockingWarning { get; init; }

    /// <summary>The role whose nodes run a function; null when it runs where its connection is.</summary>
    public string? RoleOf(string function) =>
        Placement.FirstOrDefault(item => item.AsSpan(0, item.IndexOf('=', StringComparison.Ordinal)).SequenceEqual(function)) is { } item
            ? item[(function.Length + 1)..]
            : null;

    /// <summary>The functions that are placed somewhere.</summary>
    public IEnumerable<string> Placed() => Placement.Select(item => item.Split('=')[0]);

    /// <summary>How many calls of a function that blocks run at a time; null when it does not.</summary>
    public int? BlockingInstancesOf(string function) =>
        Blocking.FirstOrDefault(item => NameOf(item) == function) is { } item ? InstancesOf(item) : null;

    /// <summary>The functions that block.</summary>
    public IEnumerable<string> Blocks() => Blocking.Select(NameOf);

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
