using Pikku.Akka.Protocol;

namespace Pikku.Akka;

/// <summary>A topic, or a family of topics, whose events the clients of a channel may receive.</summary>
internal abstract class TopicDeclaration(string name, Type payload)
{
    /// <summary>The name on the wire; for a family its template with the names of the properties as JSON writes them.</summary>
    public string Name { get; } = name;

    /// <summary>The type of the events.</summary>
    public Type Payload { get; } = payload;

    /// <summary>The type of the key; <see cref="NoData"/> for a single topic.</summary>
    public abstract Type Key { get; }

    /// <summary>The template of a family; null for a single topic, and for an invalid template.</summary>
    public abstract TopicTemplate? Template { get; }

    /// <summary>Why the name is invalid, and the fix, as the end of a sentence that begins with the topic; null for a valid name.</summary>
    public abstract string? Problem { get; }

    /// <summary>True when clients may subscribe by themselves.</summary>
    public bool AllowsSubscribe { get; set; }

    /// <summary>How much of the past every node keeps; null for a topic without history.</summary>
    public HistoryDeclaration? History { get; set; }

    /// <summary>Loads the state of the topic; null for a topic without a snapshot.</summary>
    public FunctionDescriptor? Snapshot { get; set; }

    /// <summary>What a presence topic or a state topic holds; null for any other topic.</summary>
    public KeyedDeclaration? Keyed { get; set; }

    /// <summary>What a client that subscribes has to pass.</summary>
    public Gates Gates { get; } = new();

    /// <summary>True when two declarations declare the same topic in the same way. Declarations with gates differ, because gates can't be compared.</summary>
    public bool IsSame(TopicDeclaration other) =>
        Name == other.Name && Payload == other.Payload && Key == other.Key && History == other.History && Snapshot is null && other.Snapshot is null && Keyed is null && other.Keyed is null
        && !AllowsSubscribe && !other.AllowsSubscribe;

    /// <summary>Calls the visitor with the types of the topic.</summary>
    public abstract TResult Accept<TResult>(ITopicVisitor<TResult> visitor);
}

/// <summary>A single topic.</summary>
internal sealed class TopicDeclaration<TEvent>(Topic<TEvent> topic) : TopicDeclaration(topic.Name, typeof(TEvent))
{
    public override Type Key => typeof(NoData);

    public override TopicTemplate? Template => null;

    public override string? Problem =>
        string.IsNullOrWhiteSpace(Name) ? "has no name; give the topic the name to which events are published"
        : TopicTemplate.HasBraces(Name) ? "has braces; declare a family of topics with Topic<TKey, TEvent>, or remove the braces"
        : null;

    public override TResult Accept<TResult>(ITopicVisitor<TResult> visitor) => visitor.Visit<TEvent>(this);
}

/// <summary>A family of topics.</summary>
internal sealed class TopicDeclaration<TKey, TEvent>(Topic<TKey, TEvent> topic)
    : TopicDeclaration(topic.Key.Problem is null ? topic.Key.Template.Text : topic.Template, typeof(TEvent))
{
    /// <summary>Writes the keys.</summary>
    public TopicKey<TKey> KeyFormat => topic.Key;

    public override Type Key => typeof(TKey);

    public override TopicTemplate? Template => topic.Key.Problem is null ? topic.Key.Template : null;

    public override string? Problem => topic.Key.Problem;

    public override TResult Accept<TResult>(ITopicVisitor<TResult> visitor) => visitor.Visit(this);
}

/// <summary>Receives a <see cref="TopicDeclaration"/> with its static types.</summary>
internal interface ITopicVisitor<out TResult>
{
    /// <summary>A single topic.</summary>
    TResult Visit<TEvent>(TopicDeclaration<TEvent> topic);

    /// <summary>A family.</summary>
    TResult Visit<TKey, TEvent>(TopicDeclaration<TKey, TEvent> topic);
}
