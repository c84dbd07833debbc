namespace Pikku.Akka.Protocol;

/// <summary>One value under a routing key.</summary>
/// <param name="Value">The value that a message names.</param>
/// <param name="DeclaresData">Whether the input of what is wired there has a property <c>data</c> of its own (contract B3).</param>
internal readonly record struct Route(string Value, bool DeclaresData = false);
