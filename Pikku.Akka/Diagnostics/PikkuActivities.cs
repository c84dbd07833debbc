using System.Diagnostics;

namespace Pikku.Akka.Diagnostics;

/// <summary>The spans of calls, on the source <c>Pikku.Akka</c>.</summary>
internal static class PikkuActivities
{
    public static ActivitySource Source { get; } = new("Pikku.Akka");
}
