using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>A subscribe of a client. The lane judges its position and carries it out in one turn, together with the reply and everything that lies behind the position.</summary>
internal interface IClientSubscribe : IClientChange
{
    /// <summary>The type of the events.</summary>
    TopicType Type { get; }

    /// <summary>The position of the client; null when it has none.</summary>
    Position? Since { get; }

    /// <summary>What the position of the client has led to, for metrics: complete, expired, limit or unknown; null when it has none.</summary>
    string? Outcome { get; }

    /// <summary>True when the client has left, or does not wait any more.</summary>
    bool IsOver { get; }

    /// <summary>Decides in the turn of the lane whether the subscribe still applies, and if so, sends the reply and the replay. Must not block.</summary>
    SubscribeOutcome TryCommit(in Recovery recovery);

    /// <summary>Called in the turn of the lane when the subscribe has to wait, because this node does not have everything yet that the client has.</summary>
    void Parked();

    /// <summary>Called in the turn of the lane when the wait is over, after <see cref="TryCommit"/>, if it was called.</summary>
    /// <param name="refusal">Why the subscribe is refused; null when it is not.</param>
    void Unparked(EventHubException? refusal);
}
