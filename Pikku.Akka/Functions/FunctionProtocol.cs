using Akka.Actor;

namespace Pikku.Akka.Functions;

/// <summary>The messages of function actors, besides <see cref="Invocation"/>: run the function for this call, and complete it (<see cref="Invocation.CompleteFunction"/>).</summary>
internal static class FunctionProtocol
{
    /// <summary>From a worker to its pool: the worker is free for the next call.</summary>
    public sealed record Free : INoSerializationVerificationNeeded
    {
        public static Free Instance { get; } = new();
    }
}
