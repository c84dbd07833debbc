using Xunit;

namespace Pikku.Akka.Tests.Clients;

/// <summary>Generated text that is kept in the repository, so that a change of it is seen.</summary>
internal static class Snapshot
{
    /// <summary>Compares; what differs is written beside, to be looked at and approved.</summary>
    public static void Is(string generated, params string[] path)
    {
        var approved = Repository.PathOf(path);
        var received = approved + ".received";
        if (File.Exists(approved) && File.ReadAllText(approved).ReplaceLineEndings("\n") == generated)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, generated);
        Assert.Fail(
            $"""
            What is generated differs from {Repository.Relative(approved)}. If the change is wanted, approve it:
              mv {Repository.Relative(received)} {Repository.Relative(approved)}
            """);
    }
}
