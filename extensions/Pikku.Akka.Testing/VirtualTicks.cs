using System.Collections.Concurrent;
using Akka.Actor;

namespace Pikku.Akka.Testing;

/// <summary>The scheduled messages of an actor system in virtual time, and the actors that have received one.</summary>
internal sealed class VirtualTicks(TimeProvider clock)
{
    private readonly ConcurrentDictionary<IActorRef, bool> _receivers = new();

    /// <summary>Schedules a message.</summary>
    /// <param name="delay">The time until the message is sent for the first time.</param>
    /// <param name="period">The time between two messages; <see cref="Timeout.InfiniteTimeSpan"/> for one message.</param>
    /// <param name="receiver">The receiver.</param>
    /// <param name="message">The message.</param>
    /// <param name="sender">The sender.</param>
    /// <param name="cancelable">Ends the schedule; may be null.</param>
    public void Schedule(TimeSpan delay, TimeSpan period, IActorRef receiver, object message, IActorRef sender, ICancelable? cancelable)
    {
        var timer = clock.CreateTimer(
            _ =>
            {
                if (cancelable?.IsCancellationRequested == true)
                    return;
                _receivers[receiver] = true;
                receiver.Tell(message, sender);
            },
            null, delay, period);
        // A token that is canceled already runs this at once.
        cancelable?.Token.Register(timer.Dispose);
    }

    /// <summary>The actors that have received a message since the last call.</summary>
    public IReadOnlyCollection<IActorRef> TakeReceivers()
    {
        var taken = _receivers.Keys.ToArray();
        foreach (var receiver in taken)
            _receivers.TryRemove(receiver, out _);
        return taken;
    }
}
