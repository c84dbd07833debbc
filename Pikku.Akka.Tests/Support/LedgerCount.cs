using Pikku.Akka.EventHub;

namespace Pikku.Akka.Tests.Support;

/// <summary>Reads how many subscriptions a ledger counts.</summary>
internal static class LedgerCount
{
    /// <summary>The number of subscriptions; null when the ledger is closed. It finds the smallest limit that admits one more.</summary>
    public static int? CountSubscriptions(this SubscriptionLedger ledger)
    {
        for (var count = 0; ; count++)
        {
            switch (ledger.TryAdd(limit: count + 1))
            {
                case LedgerAnswer.Added:
                    ledger.Release(1);
                    return count;
                case LedgerAnswer.Gone:
                    return null;
            }
        }
    }
}
