using Pikku.Akka.Diagnostics;
using Pikku.Akka.Protocol;
using Pikku.Akka.Replication;

namespace Pikku.Akka.EventHub;

/// <summary>
/// The topics that channels declare, the types of their events, and their histories. A publish or a subscribe with a declared name has to use the declared type, even if
/// the topic has no subscriber on any node. Thread-safe.
/// </summary>
internal sealed class DeclaredTopics
{
    private readonly Dictionary<string, Type> _names = new(StringComparer.Ordinal);
    private readonly List<(TopicTemplate Template, Type Type)> _families = [];
    private readonly Dictionary<string, TopicSpans> _spans = new(StringComparer.Ordinal);
    private readonly List<(TopicTemplate Template, TopicSpans Spans)> _familySpans = [];
    private readonly Dictionary<string, HistoryOptions> _histories = new(StringComparer.Ordinal);
    private readonly List<(TopicTemplate Template, HistoryOptions History)> _familyHistories = [];

    /// <param name="declarations">The declarations of all channels. The type of a declaration with an untyped payload (<see cref="ScalarTypes.IsUntyped"/>) is ignored.</param>
    /// <param name="maxAge">The maximum age of an event, for topics that are declared without one (<c>pikku.history.max-age</c>).</param>
    public DeclaredTopics(IEnumerable<TopicDeclaration> declarations, TimeSpan maxAge)
    {
        foreach (var topic in declarations)
        {
            if (topic.Problem is not null)
                continue;
            AddSpans(topic);
            if (topic.History is { } history)
                AddHistory(topic, new HistoryOptions(history.MaxEvents, history.MaxAge ?? maxAge)
                {
                    IsKeyed = topic.Keyed is not null,
                    IsState = topic.Keyed?.IsState == true,
                    EntryLifetime = topic.Keyed?.EntryLifetime,
                });
            if (ScalarTypes.IsUntyped(topic.Payload))
                continue;
            if (topic.Template is not { } template)
                _names.TryAdd(topic.Name, topic.Payload);
            else if (_families.TrueForAll(family => family.Template.Text != topic.Name))
                _families.Add((template, topic.Payload));
        }
    }

    /// <summary>The history of a topic; null when no channel declares one. It is fast where no topic has a history.</summary>
    public HistoryOptions? HistoryOf(string topic)
    {
        if (_histories.Count > 0 && _histories.TryGetValue(topic, out var known))
            return known;
        foreach (var (template, history) in _familyHistories)
        {
            if (template.Matches(topic))
                return history;
        }

        return null;
    }

    /// <summary>The names of the spans of a topic.</summary>
    public TopicSpans SpansOf(string? topic)
    {
        if (topic is null)
            return TopicSpans.Undeclared; // the call is refused
        if (_spans.TryGetValue(topic, out var known))
            return known;
        foreach (var (template, spans) in _familySpans)
        {
            if (template.Matches(topic))
                return spans;
        }

        return TopicSpans.Undeclared;
    }

    /// <exception cref="EventHubException">The topic is declared with another type.</exception>
    public void Check(string topic, TopicType type)
    {
        if (type.IsAny)
            return;
        if (_names.TryGetValue(topic, out var declared))
        {
            if (!type.IsOf(declared))
                throw Conflict(topic, type, topic, declared);
            return;
        }

        if (_families.Count > 0)
            CheckFamilies(topic, type);
    }

    // A name may match several families. It is sufficient that one of them has the type.
    private void CheckFamilies(string topic, TopicType type)
    {
        (TopicTemplate Template, Type Type)? other = null;
        foreach (var family in _families)
        {
            if (!family.Template.Matches(topic))
                continue;
            if (type.IsOf(family.Type))
                return;
            other ??= family;
        }

        if (other is { } conflict)
            throw Conflict(topic, type, conflict.Template.Text, conflict.Type);
    }

    private void AddSpans(TopicDeclaration topic)
    {
        if (topic.Template is not { } template)
            _spans.TryAdd(topic.Name, new TopicSpans(topic.Name));
        else if (_familySpans.TrueForAll(family => family.Template.Text != topic.Name))
            _familySpans.Add((template, new TopicSpans(topic.Name)));
    }

    // Two channels that declare a topic with different histories were refused at the start.
    private void AddHistory(TopicDeclaration topic, HistoryOptions history)
    {
        if (topic.Template is not { } template)
            _histories.TryAdd(topic.Name, history);
        else if (_familyHistories.TrueForAll(family => family.Template.Text != topic.Name))
            _familyHistories.Add((template, history));
    }

    private static EventHubException Conflict(string topic, TopicType type, string declaredAs, Type declared) => new(
        EventHubErrorReason.TypeMismatch,
        $"A channel declares the topic '{declaredAs}' with events of type {declared}, and this call uses '{topic}' with {type.Name}. Use the same type for both.");
}
