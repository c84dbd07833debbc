using System.Text.Json.Serialization.Metadata;

namespace Pikku.Akka.Functions;

/// <summary>Checks and runs one function, in the order of the contract (F): session, read-only, scopes, input, permissions, function.</summary>
internal abstract class FunctionRunner
{
    /// <summary>The type of the input; <see cref="NoData"/> for none.</summary>
    public abstract Type Input { get; }

    /// <summary>The JSON metadata of the result, or of the items of a stream; null when there is no result.</summary>
    public abstract JsonTypeInfo? Output { get; }

    /// <summary>True when the function replies with a stream.</summary>
    public virtual bool IsStream => false;

    /// <summary>True when the input has a property <c>data</c>, so that a flat message is not mistaken for an enveloped one.</summary>
    public abstract bool DeclaresData { get; }

    /// <summary>True when the routing property of a flat message would become part of the input and therefore must be removed first.</summary>
    public abstract bool NeedsExcision(string routingKey);

    /// <summary>
    /// Runs the checks and the function. Completes synchronously if all of them do. Stores the result in the invocation; refusals and failures are thrown.
    /// </summary>
    public abstract ValueTask RunAsync(Invocation invocation);
}
