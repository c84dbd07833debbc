using Pikku.Akka.Functions;

namespace Pikku.Akka.Cli;

/// <summary>A function at one place of the wiring.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Place">The place within the channel.</param>
/// <param name="Definition">The declaration.</param>
/// <param name="Bound">The compiled form of the declaration.</param>
internal sealed record WiredAction(ChannelDefinition Channel, Place Place, ActionDefinition Definition, BoundAction Bound)
{
    public FunctionDescriptor Function => Definition.Function;

    /// <summary>The tags of the function and of its wiring.</summary>
    public IEnumerable<string> Tags => Function.Tags.Concat(Definition.Gates.Tags).Distinct(StringComparer.Ordinal);
}
