namespace Pikku.Akka.Contracts;

/// <summary>What the events of a topic say.</summary>
internal enum TopicKind
{
    /// <summary>Anything; the application defines it. The payload is the event.</summary>
    Events,

    /// <summary>Which connections are present: they joined, left or changed their info, which is the payload.</summary>
    Presence,

    /// <summary>The last value of each key. The payload is a value.</summary>
    State,
}
