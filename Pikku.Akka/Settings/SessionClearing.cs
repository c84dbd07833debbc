namespace Pikku.Akka.Settings;

/// <summary><c>pikku.session.on-clear</c>: which sessions end when a function clears the session of its connection.</summary>
internal enum SessionClearing
{
    /// <summary>The session of the user, on all connections of all nodes.</summary>
    User,

    /// <summary>The session of the connection, and the stored one.</summary>
    Connection,
}
