using Pikku.Akka.Channels;
using Pikku.Akka.Functions;

namespace Pikku.Akka.Connections;

/// <summary>How long a message that is under way may take, and whether it blocks its thread. Without actors; the caller owns the message's times.</summary>
internal static class MessageDeadlines
{
    /// <summary>Whether the time of a message is over.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isEnding">True when its connection, or the node, is to end.</param>
    /// <param name="now">The time, as a timestamp of the clock.</param>
    /// <param name="deadline">How long the message may take.</param>
    public static bool IsLate(InboundMessage message, bool isEnding, long now, out TimeSpan deadline)
    {
        var endpoint = message.Connection.Endpoint;
        deadline = message.Deadline;
        // Only the disposal of services keeps a connection that is to end, and with it a node that drains.
        if (isEnding && message.IsDisposing && endpoint.Settings.Connection.CloseTimeout is var closing && closing < deadline)
            deadline = closing;
        return message.StartedAt is var started and not 0 && endpoint.Clock.GetElapsedTime(started, now) >= deadline;
    }

    /// <summary>
    /// Reads whether a message blocks its thread. It is read twice at least, so that what the message waited for before does not count.
    /// </summary>
    /// <returns>How long it has blocked its thread; null while that is less than <c>pikku.function.blocking-warning</c>.</returns>
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

    /// <summary>How far a message has come whose time is over, for the log.</summary>
    public static string DescribeProgress(InboundMessage message) => message switch
    {
        _ when IsOnThread(message) => "it blocks its thread",
        { FunctionPhase: FunctionPhase.OffThread } => "it waits for something that does not come",
        { Action: { } action } when !action.Actor.Equals(action.LocalActor) => "it runs on another node",
        _ => "its function has not begun, for every instance of it is busy",
    };

    private static bool IsOnThread(InboundMessage message) => message.IsInMiddleware || message.FunctionPhase == FunctionPhase.OnThread;
}
