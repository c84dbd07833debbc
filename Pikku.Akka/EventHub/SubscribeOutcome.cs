namespace Pikku.Akka.EventHub;

/// <summary>What has become of a subscribe in the turn of its lane.</summary>
internal enum SubscribeOutcome
{
    /// <summary>The client is not subscribed by this turn.</summary>
    Declined,

    /// <summary>The client is subscribed and has the reply.</summary>
    Committed,

    /// <summary>The connection has no room for the replay. Nothing was sent.</summary>
    NoRoom,
}
