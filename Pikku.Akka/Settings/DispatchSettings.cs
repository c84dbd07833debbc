namespace Pikku.Akka.Settings;

/// <summary><c>pikku.dispatch</c>: threads.</summary>
internal sealed record DispatchSettings
{
    public required DispatchMode Mode { get; init; }

    public static DispatchSettings Read(StrictReader reader) => new()
    {
        Mode = reader.Choice<DispatchMode>("pikku.dispatch.mode"),
    };
}
