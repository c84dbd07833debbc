namespace Pikku.Akka.Cluster;

/// <summary>The error for a session that does not know the last clear of its user.</summary>
internal static class SessionCleared
{
    public static InvalidSessionError Error() =>
        new("The session of the user was cleared or revoked, so a session that was computed from an earlier one is not stored.");
}
