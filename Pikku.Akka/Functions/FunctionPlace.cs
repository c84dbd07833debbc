namespace Pikku.Akka.Functions;

/// <summary>Where a function is wired, which decides what its parameters mean.</summary>
/// <param name="Kind">What the function handles.</param>
/// <param name="Opening">The type of the opening data of the channel; null when it declares none.</param>
internal readonly record struct FunctionPlace(FunctionKind Kind, Type? Opening = null);

/// <summary>What a function handles.</summary>
internal enum FunctionKind
{
    /// <summary>A message that names an action.</summary>
    Action,

    /// <summary>A message that matches no action. A single string is its text.</summary>
    AnyMessage,

    /// <summary>A binary message. A single parameter is its bytes.</summary>
    Binary,

    /// <summary>The beginning or the end of a connection.</summary>
    Lifecycle,

    /// <summary>The state of a topic. A single parameter is the key.</summary>
    Snapshot,
}
