using Akka.Actor;
using Akka.Cluster;

namespace Pikku.Akka.Cluster;

/// <summary>
/// Decides until when this node may act as a member of its cluster. The rule is that of the split brain resolver (<c>keep-majority</c>), so that the part of the
/// cluster that the resolver keeps is the part that stays ready: the majority of the members, and of two halves the one with the lowest address.
/// Not thread-safe: the actor owns it.
/// </summary>
/// <param name="timeout">The setting <c>pikku.cluster.isolation-timeout</c>.</param>
internal sealed class MembershipWatch(TimeSpan timeout)
{
    /// <summary>The number of attempts to have contact within the timeout. It is greater than one because a question or its answer may be late or lost.</summary>
    public const int Attempts = 6;

    /// <summary>The time of a lease that does not end.</summary>
    public const long Unlimited = long.MaxValue;

    private long? _askedAt;
    private long? _lostAt;

    /// <summary>True while the node is cut off.</summary>
    public bool IsCutOff => _lostAt is not null;

    /// <summary>True when the other members have to be asked whether this node is still a member.</summary>
    /// <param name="now">The current time in milliseconds.</param>
    public bool IsContactDue(long now)
    {
        if (_askedAt is { } last && now - last < timeout.TotalMilliseconds / Attempts)
            return false;
        _askedAt = now;
        return true;
    }

    /// <summary>Handles the state of the lease.</summary>
    /// <param name="now">The current time in milliseconds.</param>
    /// <param name="isHeld">Whether the node holds the lease.</param>
    /// <returns>True when the node was cut off or had contact again, so that <see cref="IsCutOff"/> has changed.</returns>
    public bool Update(long now, bool isHeld)
    {
        if (isHeld != IsCutOff)
            return false;
        _lostAt = isHeld ? null : now;
        return true;
    }

    /// <summary>True when the node has been cut off for so long that its clients should use another node.</summary>
    /// <param name="now">The current time in milliseconds.</param>
    public bool HasLasted(long now) => _lostAt is { } lost && now - lost >= timeout.TotalMilliseconds;

    /// <summary>The time until which this node may act as a member, in milliseconds; <see cref="Unlimited"/> when it needs no other member for that.</summary>
    /// <param name="self">The address of this node.</param>
    /// <param name="others">
    /// The other members that take part in a decision of the resolver, each with the time at which this node sent the latest question that the member has answered.
    /// </param>
    public long HeldUntil(Address self, IReadOnlyCollection<(Address Address, long Contact)> others)
    {
        var members = others.Count + 1;
        var contact = Latest(others, members / 2);
        // Half of the members, including this node, are enough if the lowest address is among them.
        if (members % 2 == 0)
            contact = Math.Max(contact, OfHalf(self, others, members / 2 - 1));
        return contact == Unlimited ? Unlimited : contact + (long)timeout.TotalMilliseconds;
    }

    private static long OfHalf(Address self, IReadOnlyCollection<(Address Address, long Contact)> others, int needed)
    {
        var lowest = others.MinBy(other => other.Address, Member.AddressOrdering);
        if (Member.AddressOrdering.Compare(self, lowest.Address) < 0)
            return Latest(others, needed);
        // The lowest address takes one of the places, and in a cluster of two there is none.
        return needed == 0 ? long.MinValue : Math.Min(lowest.Contact, Latest([.. others.Where(other => other.Address != lowest.Address)], needed - 1));
    }

    // The time of the most recent contact with at least so many of the members.
    private static long Latest(IReadOnlyCollection<(Address Address, long Contact)> others, int needed) =>
        needed == 0 ? Unlimited : others.Select(other => other.Contact).OrderDescending().ElementAt(needed - 1);
}
