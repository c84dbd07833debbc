namespace Pikku.Akka.Clients;

/// <summary>What to do with a message of a topic.</summary>
internal enum PikkuVerdict
{
    Drop,
    Deliver,

    /// <summary>Events are missing: subscribe again with the position before the hole.</summary>
    SubscribeAgain,
}
