namespace Pikku.Akka.Benchmarks.Compare.Plan;

/// <summary>A server that can be started and measured.</summary>
/// <param name="Name">Its column.</param>
/// <param name="Protocol">What the load generator speaks to it.</param>
/// <param name="Path">Where its WebSocket is; empty where the protocol has a path of its own.</param>
/// <param name="Managed">Whether it is a .NET program, which tells what it allocates.</param>
/// <param name="Command">The command line that makes it listen on a port.</param>
internal sealed record Contender(string Name, string Protocol, string Path, bool Managed, Func<int, string[]> Command)
{
    public const string Ours = "ours";
    public const string Before = "before";
}
