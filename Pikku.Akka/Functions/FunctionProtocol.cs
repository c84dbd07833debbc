using Akka.Actor;

namespace Pikku.Akka.Functions;

/// <summary>What a function's actor understands.</summary>
internal static class FunctionProtocol
{
    /// <summary>Run the function for this call and say when it is over (<see cref="Invocation.FunctionFinished"/>).</summary>
    public sealed record Invoke(Invocation Invocation) : INoSerializationVerificationNeeded;
}
