using Pikku.Akka.Clients.CSharp;
using Pikku.Akka.Contracts;
using Xunit;

namespace Pikku.Akka.Tests.Clients.CSharp;

/// <summary>A generated client that is kept here and compiled into the tests.</summary>
internal static class ApprovedClient
{
    public static void Compare(AppContract contract, string space, params string[] file)
    {
        var approved = Repository.PathOf(["Pikku.Akka.Tests", .. file]);
        var received = Path.ChangeExtension(approved, "received.txt");
        var content = CSharpClient.Generate(contract, space);
        if (File.Exists(approved) && File.ReadAllText(approved).ReplaceLineEndings("\n") == content)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, content);
        Assert.Fail(
            $"""
            The generated client is not the one that was approved.
            If the change is wanted, approve it:
              mv {Repository.Relative(received)} {Repository.Relative(approved)}
            """);
    }
}
