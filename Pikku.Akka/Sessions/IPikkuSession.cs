namespace Pikku.Akka;

/// <summary>
/// The identity of a connection, implemented by the application's own type. Members that only some gates need have defaults.
/// A session is a value: set another one to change it.
/// </summary>
public interface IPikkuSession
{
    /// <summary>The user and key of the session store; null for a session that belongs to no user and is not stored.</summary>
    string? UserId => null;

    /// <summary>The scopes of the session, such as <c>admin:invoices</c> or <c>admin:*</c>.</summary>
    IReadOnlyCollection<string> Scopes => [];

    /// <summary>True when the session may call only functions that are declared read-only.</summary>
    bool IsReadOnly => false;

    /// <summary>When the session expires; null when it does not.</summary>
    DateTimeOffset? ExpiresAt => null;
}
