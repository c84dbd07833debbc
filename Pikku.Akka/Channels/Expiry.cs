namespace Pikku.Akka.Channels;

/// <summary>What the deadline of an exchange finds.</summary>
internal enum Expiry
{
    /// <summary>It is over; what it has to say is on its way.</summary>
    None,

    /// <summary>It has not been answered: the deadline answers.</summary>
    Unanswered,

    /// <summary>Its reply is ready, and its services are not disposed of: nobody waits for that any more.</summary>
    Undisposed,
}
