using System.Buffers.Text;
using System.Security.Cryptography;
using Akka.Actor;
using Pikku.Akka.EventHub;

namespace Pikku.Akka.Nodes;

/// <summary>The other nodes, as the rest of this one uses them, from any thread. A node that stands alone has no others, and nothing is elsewhere.</summary>
internal sealed class NodeLink : IRemoteSubscriptions
{
    private const int IdBytes = 16; // as many as a UUID: unique without asking anybody, and not to be guessed
    private static readonly int OwnLength = Base64Url.GetEncodedLength(IdBytes);

    private readonly TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IActorRef _actor = ActorRefs.Nobody;
    private volatile IActorRef _calls = ActorRefs.Nobody;
    private string _prefix = "";
    private int? _self;

    /// <summary>Completes when the cluster lets this node go, or puts it out.</summary>
    public Task Leaving => _leaving.Task;

    /// <summary>The node is about to join. Called before it takes connections.</summary>
    public void Open(IActorRef actor, int incarnation)
    {
        _self = incarnation;
        _prefix = NodeId.Of(incarnation);
        _actor = actor;
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

    /// <summary>Tells the node of a channel something; nothing happens when it has gone.</summary>
    public void Tell(string channelId, NodeMessage message)
    {
        if (NodeOf(channelId) is { } node)
            _actor.Tell(new NodeProtocol.Tell(node, message), ActorRefs.NoSender);
    }

    /// <summary>Asks the node of a channel that is elsewhere.</summary>
    /// <returns>The answer; null when the node has gone.</returns>
    /// <exception cref="EventHubException">It refused, or did not answer in time.</exception>
    public async ValueTask<NodeMessage.Answer?> AskAsync(string channelId, NodeMessage message)
    {
        try
        {
            return (await AskNodesAsync(NodeOf(channelId)!.Value, message)) switch
            {
                [{ Error: { } error, Text: var text }] => throw new EventHubException(error, text),
                [var answer] => answer,
                _ => null,
            };
        }
        catch (TimeoutException e)
        {
            throw new EventHubException(EventHubError.Unavailable, e.Message, e);
        }
    }

    /// <summary>Asks all other nodes; none when this one stands alone.</summary>
    /// <exception cref="TimeoutException">One did not answer in time.</exception>
    public Task<IReadOnlyList<NodeMessage.Answer>> AskAllAsync(NodeMessage message) => AskNodesAsync(null, message);

    public async ValueTask ChangeAsync(string topic, string channelId, bool subscribe) =>
        await AskAsync(channelId, new NodeMessage.ChangeSubscription(topic, channelId, subscribe));

    private Task<IReadOnlyList<NodeMessage.Answer>> AskNodesAsync(int? node, NodeMessage message)
    {
        var done = new TaskCompletionSource<IReadOnlyList<NodeMessage.Answer>>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_self is null)
            done.SetResult([]);
        else
            _actor.Tell(new NodeProtocol.Ask(node, message, done), ActorRefs.NoSender);
        return done.Task;
    }

    private int? NodeOf(string channelId) => _self is { } self && NodeId.Of(channelId, OwnLength) is { } node && node != self ? node : null;
}
