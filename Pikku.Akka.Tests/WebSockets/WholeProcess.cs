using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Tests that observe the whole process: its memory, or exceptions of tasks that nobody awaited. They run after all others, one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcess
{
    public const string Name = "the whole process";
}
