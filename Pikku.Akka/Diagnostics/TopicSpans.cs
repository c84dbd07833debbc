namespace Pikku.Akka.Diagnostics;

/// <summary>
/// The names of the spans of one declared topic or family of topics, created once. A span is named after the declaration, because a family has any number of
/// topics, and backends for traces group spans by their names.
/// </summary>
/// <param name="template">The name of the topic, or the template of the family; null for topics that no channel declares.</param>
internal sealed class TopicSpans(string? template)
{
    /// <summary>The spans of topics that no channel declares.</summary>
    public static TopicSpans Undeclared { get; } = new(null);

    /// <summary>The name of the topic, or the template of the family; null for topics that no channel declares.</summary>
    public string? Template => template;

    public string Publish { get; } = NameOf(SpanNames.Publish, template);

    public string Handle { get; } = NameOf(SpanNames.Handle, template);

    private static string NameOf(string operation, string? template) => template is null ? operation : $"{operation} {template}";
}
