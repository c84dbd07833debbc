namespace Pikku.Akka.Sessions;

/// <summary>
/// Names the last clear of a user's stored session that a session of the user knows: a fencing token. A store refuses a session that does not know the last clear,
/// because it was computed from a session that has ended (rule G2).
/// </summary>
/// <param name="Time">The time of the clear, as the store defines it.</param>
/// <param name="Id">Who made the clear, as the store defines it.</param>
internal sealed record SessionFence(long Time, ulong Id)
{
    /// <summary>No clear is known.</summary>
    public static SessionFence None { get; } = new(0, 0);
}
