using Pikku.Akka.Functions;
using Pikku.Akka.Replication;

namespace Pikku.Akka.Channels;

/// <summary>A subscription that a client makes by itself: first while its gates are checked, then as one of the subscriptions of its connection.</summary>
/// <param name="authorization">The subscriptions of the connection.</param>
/// <param name="topic">The topic or its family.</param>
/// <param name="name">The name of the topic.</param>
/// <param name="values">The values in the name, with their escapes.</param>
internal sealed class ClientSubscription(ConnectionAuthorization authorization, CompiledTopic topic, string name, string[] values) : TopicCall(name, values)
{
    /// <summary>The topic or its family.</summary>
    public CompiledTopic Topic => topic;

    public override string Template => topic.Name;

    /// <summary>The position of the client; null when it has none.</summary>
    public Position? Since { get; init; }

    /// <summary>True when the client reads from the reply what it gets of the past.</summary>
    public required bool ReadsRecovery { get; init; }

    /// <summary>The epoch of the authorization in which the check began.</summary>
    public int Epoch { get; private set; }

    public override void BeginCheck() => Epoch = authorization.Epoch;
}
