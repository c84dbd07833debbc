namespace Pikku.Akka.Contracts;

/// <summary>What the events of a topic say.</summary>
internal enum TopicKind
{
    /// <summary>Anything; the application defines it.</summary>
    Events,

    /// <summary>Which connections are present: they joined, left or changed what they say about themselves.</summary>
    Presence,

    /// <summary>The last value of each key.</summary>
    State,
}
