namespace Pikku.Akka.Protocol;

/// <summary>The names of events in event streams (O5). Events of topics have no name.</summary>
internal static class EventStreamEvents
{
    /// <summary>A binary message, whose data is Base64, because the format has only text.</summary>
    public const string Binary = "pikku-binary";

    /// <summary>The last event before the server ends the stream: its data has the close code and the reason.</summary>
    public const string Close = "pikku-close";

    /// <summary>The first event of a stream that cannot be resumed where the client asks for.</summary>
    public const string Lost = "pikku-lost";

    /// <summary>The state of the topic, before the events that follow it.</summary>
    public const string Snapshot = "pikku-snapshot";
}
