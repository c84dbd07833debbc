namespace Pikku.Akka;

/// <summary>A topic, or a family of topics, whose events the clients of a channel may receive.</summary>
/// <param name="Name">The name; parts in braces stand for any text.</param>
/// <param name="Payload">The type of the events.</param>
internal sealed record TopicDeclaration(string Name, Type Payload);
