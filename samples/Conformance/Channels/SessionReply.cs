using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Who is signed in; null for nobody.</summary>
public sealed record SessionReply(ConformanceSession? Session)
{
    /// <summary>The session of a call as it is now.</summary>
    public static SessionReply Of(Wire wire) => new(wire.Session as ConformanceSession);
}
