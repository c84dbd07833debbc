using Pikku.Akka.Channels;
using Pikku.Akka.Functions;

namespace Pikku.Akka.Connections;

/// <summary>Decides whether a running message is late and whether it blocks its thread. Does not depend on actors; the caller owns the times of the message.</summary>
internal static class MessageDeadlines
{
    /// <summary>Returns whether a message has exceeded its deadline.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isEnding">True when its connection or the node is ending.</param>
    /// <param name="now">The time, as a timestamp of the clock.</param>
    /// <param name="deadline">The maximum duration of the message.</param>
    public static bool IsLate(InboundMessage message, bool isEnding, long now, out TimeSpan deadline)
    {
        var endpoint = message.Connection.Endpoint;
        deadline = message.Deadline;
        // If only the disposal of services delays the end of a connection, it gets the shorter close timeout, so that it does not delay a draining node.
        if (isEnding && message.IsDisposing && endpoint.Settings.Connection.CloseTimeout is var closing && closing < deadline)
            deadline = closing;
        return message.StartedAt is var started and not 0 && endpoint.Clock.GetElapsedTime(started, now) >= deadline;
    }

    /// <summary>
    /// Checks whether a message blocks its thread. The time counts from the first check that finds it on a thread, so at least two checks are needed and
    /// the time before is excluded.
    /// </summary>
    /// <returns>How long the message has blocked its thread; null while that is less than <c>pikku.function.blocking-warning</c>.</returns>
    public static TimeSpan? ReadBlocking(InboundMessage message, long now)
    {
        var endpoint = message.Connection.Endpoint;
        if (!IsOnThread(message))
            message.BlockingSince = 0;
        else if (message.BlockingSince == 0)
            message.BlockingSince = now;
        else if (endpoint.Settings.Function.BlockingWarning is var patience && patience != Timeout.InfiniteTimeSpan
            && endpoint.Clock.GetElapsedTime(message.BlockingSince, now) is var blocked && blocked >= patience)
            return blocked;
        return null;
    }

    /// <summary>Describes the progress of a message that has exceeded its deadline, for the log.</summary>
    public static string DescribeProgress(InboundMessage message) => message switch
    {
        _ when IsOnThread(message) => "it blocks its thread",
        { FunctionPhase: FunctionPhase.OffThread } => "it waits for an operation that has not completed",
        { Action: { } action } when !action.Actor.Equals(action.LocalActor) => "it runs on another node",
        _ => "its function has not started because all of its instances are busy",
    };

    private static bool IsOnThread(InboundMessage message) => message.IsInMiddleware || message.FunctionPhase == FunctionPhase.OnThread;
}
