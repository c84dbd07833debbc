using Pikku.Akka.Functions;

namespace Pikku.Akka.Cli;

/// <summary>A function in one place of the wiring.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Place">Where the function is in it.</param>
/// <param name="Definition">What was said of it there.</param>
/// <param name="Bound">What became of that.</param>
internal sealed record WiredAction(ChannelDefinition Channel, Place Place, ActionDefinition Definition, BoundAction Bound)
{
    public PikkuFunction Function => Definition.Function;
}
