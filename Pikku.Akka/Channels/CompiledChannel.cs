using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>The validated and compiled wiring of one channel. Created once at startup.</summary>
internal sealed class CompiledChannel
{
    public required string Name { get; init; }

    public required string Route { get; init; }

    public required bool Auth { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required Type? OpeningData { get; init; }

    /// <summary>Maps a message to the index of its action: in <see cref="Actions"/>, and behind them in <see cref="Reserved"/>.</summary>
    public required RoutingTable Routes { get; init; }

    public required BoundAction[] Actions { get; init; }

    /// <summary>The actions of the protocol, which every channel has.</summary>
    public required BoundAction[] Reserved { get; init; }

    public required BoundAction? OnConnect { get; init; }

    public required BoundAction? OnDisconnect { get; init; }

    public required BoundAction? OnMessage { get; init; }

    public required BoundAction? OnBinaryMessage { get; init; }

    public required IReadOnlyList<TopicDeclaration> Topics { get; init; }

    public required IReadOnlyList<MessageDeclaration> Messages { get; init; }

    public required IReadOnlyList<RemoteDeclaration> Remotes { get; init; }

    public required PikkuChannelMiddlewareDelegate[] ChannelMiddleware { get; init; }

    /// <summary>All actions of this channel, including the lifecycle functions and the default handlers.</summary>
    public IEnumerable<BoundAction> AllActions =>
        new[] { OnConnect, OnDisconnect, OnMessage, OnBinaryMessage }.OfType<BoundAction>().Concat(Actions);

    /// <summary>All that runs on the actors of functions: <see cref="AllActions"/> and the actions of the protocol.</summary>
    public IEnumerable<BoundAction> Runnable => AllActions.Concat(Reserved);

    /// <summary>The action of an index in <see cref="Routes"/>.</summary>
    public BoundAction ActionAt(int index) => index < Actions.Length ? Actions[index] : Reserved[index - Actions.Length];
}
