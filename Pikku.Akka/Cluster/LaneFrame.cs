using Pikku.Akka.Replication;

namespace Pikku.Akka.Cluster;

/// <summary>A message between the same lanes of two nodes, except a <see cref="HubBatch"/>, which carries its lane itself.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Sender">The unique id of the sending node in the cluster.</param>
internal abstract record LaneFrame(int Lane, int Sender)
{
    /// <summary>The message.</summary>
    public abstract LaneMessage Content { get; }

    /// <exception cref="ArgumentException">The message is not sent in a frame.</exception>
    public static LaneFrame Of(int lane, int sender, LaneMessage message) => message switch
    {
        LaneMessage.Beat beat => new LaneFrame<LaneMessage.Beat>(lane, sender, beat),
        LaneMessage.Ask ask => new LaneFrame<LaneMessage.Ask>(lane, sender, ask),
        LaneMessage.Unavailable unavailable => new LaneFrame<LaneMessage.Unavailable>(lane, sender, unavailable),
        LaneMessage.Acknowledge acknowledge => new LaneFrame<LaneMessage.Acknowledge>(lane, sender, acknowledge),
        LaneMessage.Pull pull => new LaneFrame<LaneMessage.Pull>(lane, sender, pull),
        LaneMessage.CopyHead head => new LaneFrame<LaneMessage.CopyHead>(lane, sender, head),
        LaneMessage.CopyChunk chunk => new LaneFrame<LaneMessage.CopyChunk>(lane, sender, chunk),
        LaneMessage.MayFound mayFound => new LaneFrame<LaneMessage.MayFound>(lane, sender, mayFound),
        LaneMessage.Promise promise => new LaneFrame<LaneMessage.Promise>(lane, sender, promise),
        _ => throw new ArgumentException($"{message.GetType()} is not sent in a frame.", nameof(message)),
    };
}

/// <inheritdoc/>
/// <typeparam name="T">The kind of the message.</typeparam>
internal sealed record LaneFrame<T>(int Lane, int Sender, T Message) : LaneFrame(Lane, Sender) where T : LaneMessage
{
    public override LaneMessage Content => Message;
}
