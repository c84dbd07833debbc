namespace Pikku.Akka.EventHub;

/// <summary>What a client that subscribes gets of the past (rule P4).</summary>
internal enum RecoveryKind
{
    /// <summary>The client has no position.</summary>
    None,

    /// <summary>Everything behind the position of the client.</summary>
    Complete,

    /// <summary>Nothing, because not everything is there.</summary>
    Lost,
}
