using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions;

/// <summary>Runs one function behind its gates, in the order of the contract (F): session, read-only, scopes, input, permissions, function.</summary>
internal abstract class FunctionRunner
{
    /// <summary>What the function takes; <see cref="NoData"/> for nothing.</summary>
    public abstract Type Input { get; }

    /// <summary>How the result is written; null when there is none.</summary>
    public abstract JsonTypeInfo? Output { get; }

    /// <summary>True when the input itself has a property <c>data</c>, so that a flat message can't be mistaken for an enveloped one.</summary>
    public abstract bool DeclaresData { get; }

    /// <summary>True when the function would see the routing property of a flat message, so that it must be cut out first.</summary>
    public abstract bool NeedsExcision(string routingKey);

    /// <summary>
    /// Runs the gates and the function. Synchronous as long as they are. The result is in the invocation; what refuses or fails is thrown.
    /// </summary>
    public abstract ValueTask RunAsync(Invocation invocation);
}
