using Microsoft.AspNetCore.Builder;
using Pikku.Akka.Functions;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>The validated and compiled wiring of one channel. Created once at startup.</summary>
internal sealed class CompiledChannel
{
    /// <summary>The path parameter with the name of the topic of an event stream.</summary>
    public const string TopicParameter = "topic";

    private bool? _needsPrincipal;

    public required string Name { get; init; }

    public required string Route { get; init; }

    /// <summary>True when a message needs a session unless its action says otherwise.</summary>
    public required bool Auth { get; init; }

    /// <summary>The permissions of the channel as a whole; null when it has none.</summary>
    public required EndpointPermission? Permission { get; init; }

    /// <summary>True when each topic of the channel is also an event stream (O5).</summary>
    public required bool HasEventStreams { get; init; }

    /// <summary>What the application adds to the endpoint of the channel.</summary>
    public required IReadOnlyList<Action<EndpointBuilder>> Conventions { get; init; }

    /// <summary>What the application adds to the endpoint of the channel after all other conventions.</summary>
    public required IReadOnlyList<Action<EndpointBuilder>> FinalConventions { get; init; }

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

    public required IReadOnlyList<MessageDeclaration> Messages { get; init; }

    public required IReadOnlyList<RemoteDeclaration> Remotes { get; init; }

    public required PikkuChannelMiddlewareDelegate[] ChannelMiddleware { get; init; }

    /// <summary>The route of the event streams of a channel.</summary>
    /// <param name="route">The route of the channel.</param>
    public static string EventStreamRouteOf(string route) => $"{route.TrimEnd('/')}/{{{TopicParameter}}}";

    /// <summary>The names of the policies of ASP.NET Core that permissions of this channel may ask.</summary>
    public IEnumerable<string> Policies => CallableActions.SelectMany(action => action.Permissions.Policies)
        .Concat(Subscriptions?.Topics.SelectMany(topic => topic.Snapshot?.Permissions.Policies ?? []) ?? [])
        .Concat(Permission?.Permissions.SelectMany(bound => bound.Permission.Leaves).Select(leaf => leaf.Policy).OfType<string>() ?? [])
        .Distinct(StringComparer.Ordinal);

    /// <summary>True when a policy may be asked about the principal of a connection, which is therefore kept.</summary>
    public bool NeedsPrincipal => _needsPrincipal ??= Policies.Any();

    /// <summary>The messages and functions that clients of this channel know.</summary>
    public ClientDeclarations Declarations => field ??= new ClientDeclarations(Name, Messages, Remotes, OnConnect?.Runner.Output?.Type);

    /// <summary>All actions of this channel, including the lifecycle functions and the default handlers.</summary>
    public IEnumerable<BoundAction> AllActions =>
        new[] { OnConnect, OnDisconnect, OnMessage, OnBinaryMessage }.OfType<BoundAction>().Concat(Actions);

    /// <summary>
    /// Everything that messages of this channel can call on this node: <see cref="AllActions"/>, the actions of the protocol, and the subscriptions that clients make.
    /// </summary>
    public IEnumerable<BoundAction> CallableActions => [.. AllActions, .. Reserved, .. Subscriptions?.Actions ?? []];
}
