namespace Pikku.Akka.Settings;

/// <summary><c>pikku.trace</c>: spans.</summary>
internal sealed record TraceSettings
{
    /// <summary>The part of the calls without a parent for which listeners are asked whether they want a span, from 0 to 1.</summary>
    public required double Ratio { get; init; }

    public required ClientTraceContext ClientContext { get; init; }

    public static TraceSettings Read(StrictReader reader) => new()
    {
        Ratio = reader.Ratio("pikku.trace.ratio"),
        ClientContext = reader.Choice<ClientTraceContext>("pikku.trace.client-context"),
    };
}
