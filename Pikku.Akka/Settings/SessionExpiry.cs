namespace Pikku.Akka.Settings;

/// <summary>What happens to a connection whose session expires.</summary>
internal enum SessionExpiry
{
    /// <summary>It is closed with 1008.</summary>
    Close,

    /// <summary>It lives on without a session.</summary>
    Downgrade,
}
