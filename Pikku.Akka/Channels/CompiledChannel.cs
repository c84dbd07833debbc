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

    /// <summary>Maps a message to the index of its action: in <see cref="Actions"/>, behind them in <see cref="Reserved"/>, and behind them those that subscribe.</summary>
    public required RoutingTable Routes { get; init; }

    public required BoundAction[] Actions { get; init; }

    /// <summary>The actions of the protocol, which every channel has.</summary>
    public required BoundAction[] Reserved { get; init; }

    public required BoundAction? OnConnect { get; init; }

    public required BoundAction? OnDisconnect { get; init; }

    public required BoundAction? OnMessage { get; init; }

    public required BoundAction? OnBinaryMessage { get; init; }

    public required IReadOnlyList<TopicDeclaration> Topics { get; init; }

    /// <summary>The topics that clients may subscribe to by themselves; null for none.</summary>
    public required SubscriptionRoutes? Subscriptions { get; init; }

    /// <summary>Asks whether a client may stay connected; null when the channel has no permissions.</summary>
    public required BoundAction? Gate { get; init; }

    public required IReadOnlyList<MessageDeclaration> Messages { get; init; }

    public required IReadOnlyList<RemoteDeclaration> Remotes { get; init; }

    public required PikkuChannelMiddlewareDelegate[] ChannelMiddleware { get; init; }

    /// <summary>All actions of this channel, including the lifecycle functions and the default handlers.</summary>
    public IEnumerable<BoundAction> AllActions =>
        new[] { OnConnect, OnDisconnect, OnMessage, OnBinaryMessage }.OfType<BoundAction>().Concat(Actions);

    /// <summary>
    /// Everything that messages of this channel can call on this node: <see cref="AllActions"/>, the actions of the protocol, and the subscriptions that clients make.
    /// </summary>
    public IEnumerable<BoundAction> CallableActions => [.. AllActions, .. Reserved, .. Subscriptions?.Actions ?? []];
}
