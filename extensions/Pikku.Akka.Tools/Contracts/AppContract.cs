using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Contracts;

/// <summary>All that clients may rely on: what generated clients and documents are made from.</summary>
/// <param name="Channels">The channels, in the order of the wiring.</param>
/// <param name="Declarations">The types that have a name, in the order of their names.</param>
internal sealed record AppContract(IReadOnlyList<ChannelContract> Channels, IReadOnlyList<Declaration> Declarations)
{
    /// <summary>How deep inputs, results and events may be nested, the envelope of a message not counted.</summary>
    public int MaxDepth { get; init; } = JsonDepth.Default;
}
