using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Akka.Actor;
using Pikku.Akka.Diagnostics;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The access of this node to the other nodes. Thread-safe. Without a cluster there are no other nodes, and every connection is local.</summary>
/// <param name="clock">Limits the wait for an actor that does not run any more.</param>
internal sealed class ClusterClient(TimeProvider clock) : IRemoteSubscriptions
{
    private const int IdBytes = 16; // as many as a UUID: unique without coordination, and not guessable
    private static readonly int OwnLength = Base64Url.GetEncodedLength(IdBytes);

    private readonly TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IActorRef _actor = ActorRefs.Nobody;
    private volatile IActorRef _calls = ActorRefs.Nobody;
    private volatile ClusterHealth _health = ClusterHealth.None;
    private volatile string? _otherCluster;
    private volatile string? _waits;
    private NodeEncoder _encoder = null!;
    private TimeSpan _giveUpAfter;
    private string _prefix = "";
    private int? _self;

    /// <summary>Completes when this node leaves the cluster or is removed from it.</summary>
    public Task Leaving => _leaving.Task;

    /// <summary>The windows that limit the bytes in transit to each of the other nodes, by incarnation.</summary>
    public ConcurrentDictionary<int, NodeWindow> Windows { get; } = new();

    /// <summary>The health of the other nodes.</summary>
    public ClusterHealth Health
    {
        get => _health;
        set => _health = value;
    }

    /// <summary>A node of a second, larger cluster that this node should belong to; null when there is no second cluster.</summary>
    public string? OtherCluster
    {
        get => _otherCluster;
        set => _otherCluster = value;
    }

    /// <summary>Why the node has not joined a cluster yet; null when it has joined one, or while the search is as short as usual.</summary>
    public string? Waits
    {
        get => _waits;
        set => _waits = value;
    }

    /// <summary>Connects this object with the actor of the node. Called before the node accepts connections.</summary>
    public void Open(IActorRef actor, int incarnation, NodeEncoder encoder, NodeSettings settings)
    {
        _encoder = encoder;
        // The actor itself ends a request after the timeout. The longer wait only ends when the actor does not run any more.
        _giveUpAfter = 2 * settings.RequestTimeout;
        _prefix = NodeId.Of(incarnation);
        _actor = actor;
        _self = incarnation;
    }

    /// <summary>Connects this object with the actor that handles calls between nodes.</summary>
    public void OpenCalls(IActorRef calls) => _calls = calls;

    /// <summary>Stops accepting calls of other nodes, and completes when the running calls have ended.</summary>
    public Task DrainCallsAsync()
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_self is null)
            done.SetResult();
        else
            _calls.Tell(new CallProtocol.Drain(done), ActorRefs.NoSender);
        return done.Task;
    }

    public void Leave() => _leaving.TrySetResult();

    /// <summary>Creates an id for a connection of this node.</summary>
    public string NewChannelId() => _prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));

    public bool IsElsewhere(string channelId) => NodeOf(channelId) is not null;

    /// <summary>Sends a message to the node of a channel; does nothing when the node has left.</summary>
    /// <exception cref="EventHubException">The message can't be encoded, or the limit of bytes in transit to the node is reached.</exception>
    public void Send(string channelId, NodeMessage message)
    {
        if (NodeOf(channelId) is not { } node || !Windows.TryGetValue(node, out var window))
            return;
        var frame = Encode(message);
        window.Take(frame.Size);
        _actor.Tell(new NodeProtocol.Send(node, frame), ActorRefs.NoSender);
    }

    /// <summary>The other nodes that may have a connection: the node of a channel, or all of them. Empty when the channel is on this node or its node has left.</summary>
    /// <param name="channelId">The channel; null for all nodes.</param>
    public IReadOnlyCollection<int> NodesOf(string? channelId)
    {
        if (channelId is null)
            return [.. Windows.Keys];
        return NodeOf(channelId) is { } node && Windows.ContainsKey(node) ? [node] : [];
    }

    /// <summary>Sends a message with an id of a request to a node; does nothing when the node has left.</summary>
    /// <exception cref="EventHubException">The message can't be encoded, or the limit of bytes in transit to the node is reached.</exception>
    public void SendTo(int node, NodeMessage message, RequestId request)
    {
        var frame = Encode(message) with { Request = request };
        Windows.GetValueOrDefault(node)?.Take(frame.Size);
        _actor.Tell(new NodeProtocol.Send(node, frame), ActorRefs.NoSender);
    }

    /// <summary>Gives up the call of a client function on a node. The message does not count in the window, because it is sent once for each call.</summary>
    public void Cancel(int node, RequestId request) =>
        _actor.Tell(new NodeProtocol.Send(node, Encode(new NodeMessage.CancelClientCall()) with { Request = request }), ActorRefs.NoSender);

    /// <summary>Sends a request to the node of a channel, which has to be another node.</summary>
    /// <returns>The answer; null when the node has left.</returns>
    /// <exception cref="EventHubException">The node refused the request or did not answer in time, or the request can't be sent.</exception>
    public async ValueTask<NodeMessage.Answer?> RequestAsync(string channelId, NodeMessage message)
    {
        try
        {
            var (answers, missing) = await RequestNodesAsync(NodeOf(channelId)!.Value, Encode(message), NodeWait.All);
            return (answers, missing) switch
            {
                ([{ Error: { } error, Text: var text }], _) => throw new EventHubException(error, text),
                ([var answer], _) => answer,
                (_, [var node, ..]) => throw new EventHubException(EventHubErrorReason.Unavailable, $"{node} did not answer within pikku.cluster.request-timeout."),
                _ => null,
            };
        }
        catch (TimeoutException e)
        {
            throw new EventHubException(EventHubErrorReason.Unavailable, e.Message, e);
        }
    }

    /// <summary>Sends a request to one other node, and waits as long as it is responsive. The request is sent even if the window of the node is full, because it is small and its sender waits.</summary>
    /// <returns>The answer; null when the node has left or does not answer.</returns>
    /// <exception cref="TimeoutException">The actor of this node that sends requests has failed.</exception>
    public async Task<NodeMessage.Answer?> RequestNodeAsync(int node, NodeMessage message)
    {
        var frame = Encode(message);
        Windows.GetValueOrDefault(node)?.TakeAnyway(frame.Size);
        return (await SendRequestAsync(node, frame, NodeWait.Responsive)).Answers is [var answer, ..] ? answer : null;
    }

    /// <summary>Sends a request to all other nodes; without a cluster to none. It completes within <c>pikku.cluster.request-timeout</c>.</summary>
    /// <exception cref="EventHubException">The request can't be encoded.</exception>
    /// <exception cref="TimeoutException">The actor of this node that sends requests has failed.</exception>
    public Task<NodeAnswers> RequestAllAsync(NodeMessage message, NodeWait wait) =>
        _self is null ? Task.FromResult(NodeAnswers.None) : RequestNodesAsync(null, Encode(message), wait);

    public async ValueTask ChangeAsync(string topic, string channelId, bool subscribe) =>
        await RequestAsync(channelId, new NodeMessage.ChangeSubscription(topic, channelId, subscribe));

    private Task<NodeAnswers> RequestNodesAsync(int? node, NodeFrame message, NodeWait wait)
    {
        // A request to one node is refused when the window is full. A request to all nodes is sent anyway: it takes access away or collects reports, it is small, and its sender waits for the answers.
        if (node is { } one)
            Windows.GetValueOrDefault(one)?.Take(message.Size);
        else
            foreach (var window in Windows.Values)
                window.TakeAnyway(message.Size);
        return SendRequestAsync(node, message, wait);
    }

    private Task<NodeAnswers> SendRequestAsync(int? node, NodeFrame message, NodeWait wait)
    {
        var done = new TaskCompletionSource<NodeAnswers>(TaskCreationOptions.RunContinuationsAsynchronously);
        _actor.Tell(new NodeProtocol.Request(node, message, wait, done), ActorRefs.NoSender);
        return done.Task.WaitOrAbandonAsync(_giveUpAfter, clock);
    }

    private NodeFrame Encode(NodeMessage message)
    {
        try
        {
            return _encoder.Encode(message);
        }
        catch (PayloadTooLargeError e)
        {
            throw new EventHubException(EventHubErrorReason.TooLarge, e.Message, e);
        }
        catch (InvalidDataException e)
        {
            throw new EventHubException(EventHubErrorReason.NotSerializable, e.Message, e);
        }
    }

    private int? NodeOf(string channelId) => _self is { } self && NodeId.Of(channelId, OwnLength) is { } node && node != self ? node : null;
}
