using System.Diagnostics;

namespace Pikku.Akka.Diagnostics;

/// <summary>The activity source <c>Pikku.Akka</c>, which has one span per call.</summary>
internal static class PikkuActivities
{
    public static ActivitySource Source { get; } = new("Pikku.Akka");
}
