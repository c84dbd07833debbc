namespace Pikku.Akka.Channels;

/// <summary>The state in which the deadline finds a message.</summary>
internal enum Expiry
{
    /// <summary>The message is complete, and its completion has been reported.</summary>
    None,

    /// <summary>The message has no reply yet: the deadline replies.</summary>
    Unanswered,

    /// <summary>The reply is ready, but the disposal of the services has not completed. It is no longer awaited.</summary>
    Undisposed,
}
