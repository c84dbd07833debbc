namespace Pikku.Akka;

/// <summary>
/// Who a connection belongs to. The application's own type implements it; what the gates do not need has a default.
/// A session is a value: to change it, set another one.
/// </summary>
public interface IPikkuSession
{
    /// <summary>The user, the key of the session store; null when the session belongs to nobody and is not to be stored.</summary>
    string? UserId => null;

    /// <summary>The scopes that it holds, such as <c>admin:invoices</c> or <c>admin:*</c>.</summary>
    IReadOnlyCollection<string> Scopes => [];

    /// <summary>True when it may call functions that are declared read-only, and no others.</summary>
    bool IsReadonly => false;

    /// <summary>When it ends; null when it does not end by itself.</summary>
    DateTimeOffset? ExpiresAt => null;
}
