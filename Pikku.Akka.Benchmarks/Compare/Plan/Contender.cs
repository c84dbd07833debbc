namespace Pikku.Akka.Benchmarks.Compare.Plan;

/// <summary>A server that can be started and measured.</summary>
/// <param name="Name">The name of its column.</param>
/// <param name="Protocol">The protocol that the load generator uses.</param>
/// <param name="Path">The path of its WebSocket; empty if the protocol defines the path.</param>
/// <param name="Managed">True for a .NET program, whose allocation can be read.</param>
/// <param name="Command">The command line that makes it listen on a port.</param>
internal sealed record Contender(string Name, string Protocol, string Path, bool Managed, Func<int, string[]> Command)
{
    public const string Ours = "ours";
    public const string Before = "before";
}
