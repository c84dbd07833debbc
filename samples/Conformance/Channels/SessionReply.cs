using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>The current session; null if there is none.</summary>
public sealed record SessionReply(ConformanceSession? Session)
{
    /// <summary>Returns the session of a call in its current state.</summary>
    public static SessionReply Of(PikkuContext context) => new(context.Session as ConformanceSession);
}
