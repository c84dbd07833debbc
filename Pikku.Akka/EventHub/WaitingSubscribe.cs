namespace Pikku.Akka.EventHub;

/// <summary>A subscribe that waits.</summary>
/// <param name="Subscribe">The subscribe.</param>
/// <param name="Deadline">When the wait ends, in milliseconds of the clock of the lane.</param>
/// <param name="HoldsPlace">True when it is counted among the subscriptions of its connection.</param>
internal readonly record struct WaitingSubscribe(IClientSubscribe Subscribe, long Deadline, bool HoldsPlace);
