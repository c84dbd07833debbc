namespace Pikku.Akka.Settings;

/// <summary>What happens to a connection whose session expires.</summary>
internal enum SessionExpiry
{
    /// <summary>The connection is closed with 1008.</summary>
    Close,

    /// <summary>The connection stays open without a session.</summary>
    Downgrade,
}
