namespace Pikku.Akka.Sessions;

/// <summary>
/// Names the last clear of a user's stored session that a session of the user knows: a fencing token. A store refuses a session that does not know the last clear,
/// because it was computed from a session that has ended (rule G2).
/// </summary>
/// <param name="Time">The time of the clear, as the store defines it.</param>
/// <param name="Id">Who made the clear, as the store defines it.</param>
internal sealed record SessionFence(long Time, ulong Id)
{
    /// <summary>
    /// How long a store has to remember a clear, so that sessions from before it are refused: several times the longest call and the longest pause after which a node is
    /// still a member of its cluster.
    /// </summary>
    public static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(10);

    /// <summary>No clear is known.</summary>
    public static SessionFence None { get; } = new(0, 0);
}
