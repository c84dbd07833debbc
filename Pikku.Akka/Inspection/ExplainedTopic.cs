using Pikku.Akka.Functions;

namespace Pikku.Akka.Inspection;

/// <summary>A subscription that is explained and not made.</summary>
internal sealed class ExplainedTopic(string name, string[] values) : TopicCall(name, values)
{
    public override void BeginCheck() { }
}
