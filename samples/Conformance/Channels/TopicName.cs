namespace Conformance.Channels;

/// <summary>A topic that the client chooses.</summary>
public sealed record TopicName(string Topic);
