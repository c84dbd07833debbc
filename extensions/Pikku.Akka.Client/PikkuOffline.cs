namespace Pikku.Akka.Clients;

/// <summary>What to do with a message while there is no connection.</summary>
public enum PikkuOffline
{
    /// <summary>The message waits for a connection until its timeout.</summary>
    Queue,

    /// <summary>The message fails with <see cref="PikkuOfflineException"/>.</summary>
    Refuse,
}
