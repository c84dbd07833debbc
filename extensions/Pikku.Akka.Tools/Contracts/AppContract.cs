using Pikku.Akka.Contracts.Types;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Contracts;

/// <summary>The contract of an application with its clients. Generated clients and documents are made from it.</summary>
/// <param name="Channels">The channels, in the order of the wiring.</param>
/// <param name="Declarations">The named types, in the order of their names.</param>
internal sealed record AppContract(IReadOnlyList<ChannelContract> Channels, IReadOnlyList<Declaration> Declarations)
{
    /// <summary>The maximum nesting depth of inputs, results and events, without the envelope of a message.</summary>
    public int MaxDepth { get; init; } = JsonDepth.Default;
}
