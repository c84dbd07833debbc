namespace Pikku.Akka.Settings;

/// <summary><c>pikku.function</c>: how functions run.</summary>
internal sealed record FunctionSettings
{
    public required TimeSpan Timeout { get; init; }

    public required int Instances { get; init; }

    public required string Dispatcher { get; init; }

    public required IReadOnlyList<string> Placement { get; init; }

    /// <summary>The role whose nodes run a function; null when it runs where its connection is.</summary>
    public string? RoleOf(string function) =>
        Placement.FirstOrDefault(item => item.AsSpan(0, item.IndexOf('=', StringComparison.Ordinal)).SequenceEqual(function)) is { } item
            ? item[(function.Length + 1)..]
            : null;

    /// <summary>The functions that are placed somewhere.</summary>
    public IEnumerable<string> Placed() => Placement.Select(item => item.Split('=')[0]);

    public static FunctionSettings Read(StrictReader reader) => new()
    {
        Timeout = reader.Duration("pikku.function.timeout", Bounds.Shortest, Bounds.Day),
        Instances = reader.IntegerOrAuto("pikku.function.instances", Environment.ProcessorCount, 1, 1024),
        Placement = reader.List("pikku.function.placement", "function=role", item => item.Split('=') is [{ Length: > 0 }, { Length: > 0 }]),
        Dispatcher = reader.Name("pikku.function.dispatcher"),
    };
}
