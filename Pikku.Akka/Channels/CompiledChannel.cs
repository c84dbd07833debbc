using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>A channel as it was wired, worked out once at the start.</summary>
internal sealed class CompiledChannel
{
    public required string Name { get; init; }

    public required string Route { get; init; }

    public required bool Auth { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required Type? OpeningData { get; init; }

    /// <summary>Finds the action of a message; the indices are those of <see cref="Actions"/>.</summary>
    public required RoutingTable Routes { get; init; }

    public required BoundAction[] Actions { get; init; }

    public required BoundAction? OnConnect { get; init; }

    public required BoundAction? OnDisconnect { get; init; }

    public required BoundAction? OnMessage { get; init; }

    public required BoundAction? OnBinaryMessage { get; init; }

    public required IReadOnlyList<TopicDeclaration> Topics { get; init; }

    public required IReadOnlyList<Type> Messages { get; init; }

    public required IReadOnlyList<RemoteDeclaration> Remotes { get; init; }

    public required PikkuChannelMiddlewareDelegate[] ChannelMiddleware { get; init; }

    /// <summary>All that can be called on this channel.</summary>
    public IEnumerable<BoundAction> AllActions =>
        new[] { OnConnect, OnDisconnect, OnMessage, OnBinaryMessage }.OfType<BoundAction>().Concat(Actions);
}
