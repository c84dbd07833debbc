namespace Pikku.Akka.Clients;

/// <summary>What a <see cref="PikkuPresenceChange{TInfo}"/> says.</summary>
public enum PikkuPresenceChangeKind
{
    /// <summary>Something that this client does not know, because the server is newer.</summary>
    Unknown,

    /// <summary>A connection has joined.</summary>
    Joined,

    /// <summary>A connection has another info.</summary>
    Updated,

    /// <summary>A connection has left.</summary>
    Left,
}
