using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>Carries the messages of the lanes between the nodes. A port of the hub.</summary>
internal interface IHubTransport
{
    /// <summary>Completes with the name of a component of the transport that has stopped permanently, after which events would be lost.</summary>
    Task<string> Stopped { get; }

    /// <summary>False on a node without a cluster.</summary>
    bool IsClustered { get; }

    /// <summary>The unique id of this node in the cluster.</summary>
    int Self { get; }

    /// <summary>The limits of the lanes.</summary>
    LaneLimits Limits { get; }

    /// <summary>How long a publish waits for another node (rule P7).</summary>
    TimeSpan ReplicationTimeout { get; }

    /// <summary>The number of other nodes that are expected to answer at once. A publish to all of them waits for no more (rule T1).</summary>
    int Responsive => int.MaxValue;

    /// <summary>Starts the transport. Called once, before the lanes start. It tells the lanes of the members and passes the messages of other nodes on.</summary>
    /// <param name="receiver">Knows the lanes.</param>
    void Start(HubClient receiver);

    /// <summary>Creates the writer of the batches of a lane.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="origin">The life of this node.</param>
    IBatchWriter CreateWriter(int lane, Origin origin);

    /// <summary>Sends a message to the same lane of another node. It may be lost. Called by the lane.</summary>
    void Send(int lane, LaneMember member, LaneMessage message);

    /// <summary>Takes the state of a lane for reports. Called by the lane when it has changed, and at a regular interval.</summary>
    void Report(int lane, Lane state);

    /// <summary>Ends this node, because the other members have given it up, or because a lane can't be trusted any more.</summary>
    void Leave();
}
