using Pikku.Akka.Functions;

namespace Pikku.Akka.Cli;

/// <summary>A topic at one place of the wiring.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Definition">The declaration.</param>
/// <param name="Subscription">The gates and the middleware of a subscription; null if the topic is closed to clients.</param>
internal sealed record WiredTopic(ChannelDefinition Channel, TopicDeclaration Definition, BoundAction? Subscription)
{
    /// <summary>The place within the channel.</summary>
    public Place Place { get; } = new(Channel.Name, $"topic:{Definition.Name}");
}
