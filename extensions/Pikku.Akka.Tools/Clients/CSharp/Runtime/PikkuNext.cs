namespace Pikku.Clients;

/// <summary>Whether a connection that has ended comes back.</summary>
internal enum PikkuNext
{
    /// <summary>After a wait.</summary>
    Again,

    /// <summary>After a wait, unless the token is still the same.</summary>
    WithAnotherToken,

    /// <summary>Not by itself.</summary>
    Never,
}
