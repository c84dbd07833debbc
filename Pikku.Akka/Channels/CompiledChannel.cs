using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>The validated and compiled wiring of one channel. Created once at startup.</summary>
internal sealed class CompiledChannel
{
    public required string Name { get; init; }

    public required string Route { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required Type? OpeningData { get; init; }

    /// <summary>Maps a message to the index of its action in <see cref="Actions"/>.</summary>
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

    /// <summary>The messages and functions that clients of this channel know.</summary>
    public ClientDeclarations Declarations => field ??= new ClientDeclarations(Name, Messages, Remotes, OnConnect?.Runner.Output?.Type);

    /// <summary>All actions of this channel, including the lifecycle functions and the default handlers.</summary>
    public IEnumerable<BoundAction> AllActions =>
        new[] { OnConnect, OnDisconnect, OnMessage, OnBinaryMessage }.OfType<BoundAction>().Concat(Actions);
}
