using Xunit;

namespace Pikku.Akka.Tests.WebSockets;

/// <summary>Tests that measure the memory of the process. They run after all others, one after another.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcess
{
    public const string Name = "the whole process";
}
