namespace Pikku.Clients;

/// <summary>What becomes of a message while there is no connection.</summary>
public enum PikkuOffline
{
    /// <summary>It waits for one, as long as its timeout allows.</summary>
    Queue,

    /// <summary>It is refused with <see cref="PikkuOfflineException"/>.</summary>
    Refuse,
}
