namespace Pikku.Akka.Clients;

/// <summary>How the number of an event relates to a position.</summary>
internal enum PikkuProgress
{
    /// <summary>The event is the next one of its origin.</summary>
    Next,

    /// <summary>The client has the event already.</summary>
    Repeated,

    /// <summary>At least one event before it is missing.</summary>
    Hole,
}
