namespace Pikku.Akka.EventHub;

/// <summary>The result of adding a subscription to a <see cref="SubscriptionLedger"/>.</summary>
internal enum LedgerAnswer
{
    /// <summary>The subscription was added.</summary>
    Added,

    /// <summary>The subscriber already has the maximum number of subscriptions.</summary>
    Full,

    /// <summary>The subscriber has ended, so no lane may store a subscription for it.</summary>
    Gone,
}
