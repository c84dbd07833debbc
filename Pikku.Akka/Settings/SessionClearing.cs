namespace Pikku.Akka.Settings;

/// <summary><c>pikku.session.on-clear</c>: whose session ends when one connection ends its own.</summary>
internal enum SessionClearing
{
    /// <summary>That of the user, on all connections of all nodes.</summary>
    User,

    /// <summary>That of the connection, and the stored one.</summary>
    Connection,
}
