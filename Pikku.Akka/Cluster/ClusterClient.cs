using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using Akka.Actor;
using Pikku.Akka.EventHub;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>The other nodes, as the rest of this one uses them, from any thread. A node that stands alone has no others, and nothing is elsewhere.</summary>
internal sealed class ClusterClient : IRemoteSubscriptions
{
    private const int IdBytes = 16; // as many as a UUID: unique without asking anybody, and not to be guessed
    private static readonly int OwnLength = Base64Url.GetEncodedLength(IdBytes);

    private readonly TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IActorRef _actor = ActorRefs.Nobody;
    private volatile IActorRef _calls = ActorRefs.Nobody;
    private volatile ClusterHealth _health = ClusterHealth.None;
    private volatile string? _otherCluster;
    private NodeEncoder _encoder = null!;
    private TimeSpan _giveUpAfter;
    private string _prefix = "";
    private int? _self;

    /// <summary>Completes when the cluster lets this node go, or puts it out.</summary>
    public Task Leaving => _leaving.Task;

    /// <summary>What is on its way to each of the other nodes, by its incarnation.</summary>
    public ConcurrentDictionary<int, NodeWindow> Windows { get; } = new();

    /// <summary>How the other nodes are.</summary>
    public ClusterHealth Health
    {
        get => _health;
        set => _health = value;
    }

    /// <summary>A node of a larger cluster that should be the same as this node's; null when there is none.</summary>
    public string? OtherCluster
    {
        get => _otherCluster;
        set => _otherCluster = value;
    }

    /// <summary>The node is about to join. Called before it takes connections.</summary>
    public void Open(IActorRef actor, int incarnation, NodeEncoder encoder, NodeSettings settings)
    {
        _encoder = encoder;
        // The actor answers in time, unless there is none any more.
        _giveUpAfter = 2 * settings.RequestTimeout;
        _prefix = NodeId.Of(incarnation);
        _actor = actor;
        _self = incarnation;
    }

    /// <summary>Calls of functions may come from other nodes from now on.</summary>
    public void OpenCalls(IActorRef calls) => _calls = calls;

    /// <summary>Lets no more calls of other nodes come, and completes when those that run are over.</summary>
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

    /// <summary>An id for a connection of this node.</summary>
    public string NewChannelId() => _prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes));

    public bool IsElsewhere(string channelId) => NodeOf(channelId) is not null;

    /// <summary>Sends the node of a channel a message; nothing happens when it has gone.</summary>
    /// <exception cref="EventHubException">It can't be sent to another node, or too much is on its way there.</exception>
    public void Send(string channelId, NodeMessage message)
    {
        if (NodeOf(channelId) is not { } node || !Windows.TryGetValue(node, out var window))
            return;
        var frame = Encode(message);
        window.Take(frame.Size);
        _actor.Tell(new NodeProtocol.Send(node, frame), ActorRefs.NoSender);
    }

    /// <summary>Sends a request to the node of a channel that is elsewhere.</summary>
    /// <returns>The answer; null when the node has gone.</returns>
    /// <exception cref="EventHubException">It refused, did not answer in time, or the request can't be sent.</exception>
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

    /// <summary>Sends a request to all other nodes; to none when this one stands alone. Takes no longer than <c>pikku.cluster.request-timeout</c>.</summary>
    /// <exception cref="EventHubException">It can't be sent to another node.</exception>
    /// <exception cref="TimeoutException">The part of this node that speaks with others failed.</exception>
    public Task<NodeAnswers> RequestAllAsync(NodeMessage message, NodeWait wait) =>
        _self is null ? Task.FromResult(NodeAnswers.None) : RequestNodesAsync(null, Encode(message), wait);

    public async ValueTask ChangeAsync(string topic, string channelId, bool subscribe) =>
        await RequestAsync(channelId, new NodeMessage.ChangeSubscription(topic, channelId, subscribe));

    private Task<NodeAnswers> RequestNodesAsync(int? node, NodeFrame message, NodeWait wait)
    {
        // A request to one node may be refused. One to all of them ends sessions or is the operator's; it is small, and waits for its answers.
        if (node is { } one)
            Windows.GetValueOrDefault(one)?.Take(message.Size);
        else
            foreach (var window in Windows.Values)
                window.TakeAnyway(message.Size);
        var done = new TaskCompletionSource<NodeAnswers>(TaskCreationOptions.RunContinuationsAsynchronously);
        _actor.Tell(new NodeProtocol.Request(node, message, wait, done), ActorRefs.NoSender);
        return done.Task.WaitAsync(_giveUpAfter);
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
