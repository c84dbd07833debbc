namespace Pikku.Akka.Settings;

/// <summary><c>pikku.function</c>: how functions run.</summary>
internal sealed record FunctionSettings
{
    public required TimeSpan Timeout { get; init; }

    public required int Instances { get; init; }

    public required string Dispatcher { get; init; }
}
