namespace Pikku.Akka.Settings;

/// <summary><c>pikku.trace</c>: spans.</summary>
internal sealed record TraceSettings
{
    public required ClientTraceContext ClientContext { get; init; }

    public static TraceSettings Read(StrictReader reader) => new()
    {
        ClientContext = reader.Choice<ClientTraceContext>("pikku.trace.client-context"),
    };
}
