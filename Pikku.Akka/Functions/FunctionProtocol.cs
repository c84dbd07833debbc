using Akka.Actor;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.Functions;

/// <summary>What a function's actor understands.</summary>
internal static class FunctionProtocol
{
    /// <summary>From a worker to its pool: the thread has come back, and can take the next call.</summary>
    public sealed record Free : INoSerializationVerificationNeeded
    {
        public static Free Instance { get; } = new();
    }

    /// <summary>Run the function for this call, and complete it (<see cref="Invocation.CompleteFunction"/>).</summary>
    /// <param name="Invocation">The call.</param>
    /// <param name="Within">What the middleware around it lets the function see; null for what the call has of itself.</param>
    public sealed record Invoke(Invocation Invocation, AmbientContext? Within = null) : INoSerializationVerificationNeeded;
}
