namespace Pikku.Akka;

/// <summary>What a call or a subscription has to pass: the gates of a channel, a function or a topic. Builders collect them alike.</summary>
internal sealed class Gates
{
    /// <summary>Whether a session is needed; null when the gates do not say so, and the next outer gates decide.</summary>
    public bool? RequiresSession { get; set; }

    /// <summary>The permissions. All of them must allow the call.</summary>
    public List<PikkuPermission> Permissions { get; } = [];

    /// <summary>The scopes that the session must have. All of them are needed.</summary>
    public List<string> Scopes { get; } = [];

    /// <summary>The middleware, outermost first.</summary>
    public List<PikkuMiddleware> Middleware { get; } = [];

    /// <summary>The tags. Middleware can be added by tag.</summary>
    public List<string> Tags { get; } = [];
}
