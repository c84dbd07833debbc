namespace Pikku.Akka.Protocol;

/// <summary>What a message turned out to be.</summary>
internal enum ScanOutcome
{
    /// <summary>It names an action.</summary>
    Matched,

    /// <summary>It is JSON and names none.</summary>
    NotFound,

    /// <summary>It is not JSON.</summary>
    Malformed,
}
