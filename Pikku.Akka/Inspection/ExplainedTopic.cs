using Pikku.Akka.Functions;

namespace Pikku.Akka.Inspection;

/// <summary>A subscription that is explained and not made.</summary>
/// <param name="template">The name of the topic, or the template of its family, as it is declared.</param>
/// <param name="name">The name of the topic.</param>
/// <param name="values">The values of the placeholders as they are in the name, with their escapes; empty for a single topic.</param>
internal sealed class ExplainedTopic(string template, string name, string[] values) : TopicCall(name, values)
{
    public override string Template => template;

    public override void BeginCheck() { }
}
