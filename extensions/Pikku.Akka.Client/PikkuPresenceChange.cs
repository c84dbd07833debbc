namespace Pikku.Akka.Clients;

/// <summary>A change of a presence topic.</summary>
/// <typeparam name="TInfo">The type of the info.</typeparam>
public sealed record PikkuPresenceChange<TInfo>
{
    /// <summary>Identifies the connection.</summary>
    public string Key { get; internal set; } = "";

    /// <summary>What has happened.</summary>
    public PikkuPresenceChangeKind Kind =>
        Joined.IsSet ? PikkuPresenceChangeKind.Joined
        : Updated.IsSet ? PikkuPresenceChangeKind.Updated
        : Left.IsSet ? PikkuPresenceChangeKind.Left
        : PikkuPresenceChangeKind.Unknown;

    /// <summary>The info about the connection; the last one if it has left.</summary>
    public TInfo? Info => Joined.IsSet ? Joined.Value : Updated.IsSet ? Updated.Value : Left.Value;

    internal PikkuOptional<TInfo> Joined { get; set; }

    internal PikkuOptional<TInfo> Updated { get; set; }

    internal PikkuOptional<TInfo> Left { get; set; }
}
