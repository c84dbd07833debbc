namespace Pikku.Akka.Clients;

/// <summary>The next step after a connection has ended.</summary>
internal enum PikkuNext
{
    /// <summary>Reconnect after a delay.</summary>
    Retry,

    /// <summary>Reconnect after a delay if the token has changed.</summary>
    RetryWithNewToken,

    /// <summary>Do not reconnect.</summary>
    Stop,
}
