namespace Pikku.Akka.Replication;

/// <summary>
/// What a lane has to know of an event. An event of a topic with history has a number, which the lane of its publisher gives it: 1, 2, 3 … for each origin and
/// topic, and never twice.
/// </summary>
/// <param name="topic">The topic; for a message to a user or a connection the id of the user or of the channel.</param>
internal abstract class ReplicatedEvent(string topic)
{
    public string Topic { get; } = topic;

    /// <summary>False for a message to a user or a connection, whose <see cref="Topic"/> is no topic.</summary>
    public virtual bool IsOfTopic => true;

    /// <summary>The life of the publishing node.</summary>
    public Origin Origin { get; private protected set; }

    /// <summary>The number; 0 when the topic has no history.</summary>
    public long Number { get; private protected set; }

    /// <summary>The write that the event of a keyed topic makes; null for any other event.</summary>
    public KeyedWrite? Write { get; init; }

    /// <summary>True when the publish completes with the acknowledgement of another node (rule P7).</summary>
    public bool IsReplicated { get; init; }

    /// <summary>True when the publish completes with the acknowledgements of all other nodes that respond (rule T1).</summary>
    public bool IsReplicatedToAll { get; init; }

    /// <summary>True when the publish waits for another node.</summary>
    public bool WaitsForOthers => IsReplicated || IsReplicatedToAll;

    /// <summary>The memory that the event uses while it is kept, in bytes.</summary>
    public abstract int Size { get; }

    /// <summary>Gives the event its number, and writes it into the encoded message. Called once, before anybody receives the event.</summary>
    public abstract void SetNumber(Origin origin, long number);
}
