using Pikku.Akka.Dispatch;

namespace Pikku.Akka.Channels;

/// <summary>
/// The commit phase of a message, between its run and its reply. Most messages have none. A message waits here for an authorization of its connection that is
/// under way, so that the notices of subscriptions that it ended come before its reply (Q1), and then commits its change of a subscription. A subscribe that has
/// failed makes the connection ask again whether its older subscription to the same topic may continue.
/// </summary>
/// <remarks>
/// <para>
/// A subscription and its reply are one turn of the lane of the topic. The turn claims the reply, and therefore decides the race with the deadline, before the
/// subscription exists:
/// </para>
/// <code>
///   run of the message          lane of the topic                       deadline
///   ───────────────────    ──────────────────────────────────    ─────────────────────
///   permissions allow
///   ChangeAsync ──────────▶ authorization epoch unchanged?  no ──▶ permissions again
///   (suspended)             claim the reply ◀──────── race ─────▶ Settled: 408, no subscription
///                           post the reply
///                           add to the topic table
///   dispose, next ◀──────── end of the turn: events may follow
/// </code>
/// <para>So a message that was answered with an error or timed out is never subscribed, and no event comes before the reply.</para>
/// </remarks>
internal static class MessageCommit
{
    /// <summary>True when the message has a commit phase.</summary>
    public static bool IsNeeded(InboundMessage message) =>
        (message.Commit is { } commit && (commit.IsDue || message.Error is not null)) || message.Connection.Authorization is { IsPending: true };

    /// <summary>Runs the phase and completes the message. The task never fails.</summary>
    public static async Task RunAsync(InboundMessage message)
    {
        var answered = false;
        try
        {
            if (message.Connection.Authorization is { IsPending: true } authorization)
                await authorization.WhenDoneAsync().ConfigureAwait(false);
            if (message.Commit is { IsDue: true } commit && message.Error is null)
                answered = await commit.RunAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            message.Fail(e);
        }

        if (message.Error is not null && message.Commit is { } failed)
            await failed.FailAsync().ConfigureAwait(false);

        using (Cascade.Open())
            message.CompleteAnswered(answered || message.TryAnswer(), isReadyForNext: false);
    }
}
