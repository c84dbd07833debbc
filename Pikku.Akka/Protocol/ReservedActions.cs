namespace Pikku.Akka.Protocol;

/// <summary>The actions of the protocol. They are values of <see cref="RemoteProtocol.Key"/> on every channel.</summary>
internal static class ReservedActions
{
    /// <summary>Applications may not use names that begin with this.</summary>
    public const string Prefix = "pikku-";

    /// <summary>Renews the session of the connection (Q3).</summary>
    public const string Auth = "pikku-auth";
}
