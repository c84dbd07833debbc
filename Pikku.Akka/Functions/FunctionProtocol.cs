using Akka.Actor;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.Functions;

/// <summary>The messages of function actors.</summary>
internal static class FunctionProtocol
{
    /// <summary>From a worker to its pool: the worker is free for the next call.</summary>
    public sealed record Free : INoSerializationVerificationNeeded
    {
        public static Free Instance { get; } = new();
    }

    /// <summary>Run the function for this call, and complete it (<see cref="Invocation.CompleteFunction"/>).</summary>
    /// <param name="Invocation">The call.</param>
    /// <param name="Within">The ambient context that the middleware has created for the function; null for the context of the call.</param>
    public sealed record Invoke(Invocation Invocation, AmbientContext? Within = null) : INoSerializationVerificationNeeded;
}
