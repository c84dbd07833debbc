namespace Pikku.Akka.Settings;

/// <summary><c>pikku.function</c>: how functions run.</summary>
internal sealed record FunctionSettings
{
    public required TimeSpan Timeout { get; init; }

    public required int Instances { get; init; }

    public required string Dispatcher { get; init; }

    public static FunctionSettings Read(StrictReader reader) => new()
    {
        Timeout = reader.Duration("pikku.function.timeout", Bounds.Shortest, Bounds.Day),
        Instances = reader.IntegerOrAuto("pikku.function.instances", Environment.ProcessorCount, 1, 1024),
        Dispatcher = reader.Name("pikku.function.dispatcher"),
    };
}
