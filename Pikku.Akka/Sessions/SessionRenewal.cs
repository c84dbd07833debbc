namespace Pikku.Akka.Sessions;

/// <summary>The result of <see cref="SessionHolder.Renew"/>.</summary>
internal enum SessionRenewal
{
    /// <summary>The new session is in force.</summary>
    Renewed,

    /// <summary>The connection belongs to another user. The old session is still in force.</summary>
    OtherUser,

    /// <summary>Another message has ended a session since the renewal began.</summary>
    Ended,
}
