namespace Pikku.Akka.Analyzers;

/// <summary>Why the name of a topic is invalid.</summary>
internal sealed class TopicProblem(string text, string? correction = null)
{
    /// <summary>The reason and the fix, as the end of a sentence that begins with the topic.</summary>
    public string Text { get; } = text;

    /// <summary>A name without the problem; null when there is none or more than one.</summary>
    public string? Correction { get; } = correction;
}
