namespace Pikku.Akka.Settings;

/// <summary>What the trace context means that a client sends with a message.</summary>
internal enum ClientTraceContext
{
    /// <summary>It is not read.</summary>
    Ignore,

    /// <summary>The span of the message has a link to the span of the client.</summary>
    Link,

    /// <summary>The span of the message is a child of the span of the client.</summary>
    Parent,
}
