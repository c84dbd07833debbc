using PublicApiGenerator;
using Xunit;

namespace Pikku.Akka.Tests.Architecture;

/// <summary>The public API changes only with approval.</summary>
public sealed class PublicApiSpec
{
    private static readonly string Approved = Repository.PathOf("Pikku.Akka.Tests", "Architecture", "PublicApi.approved.txt");

    private static readonly string Received = Path.ChangeExtension(Path.ChangeExtension(Approved, null), "received.txt");

    [Fact]
    public void The_public_API_is_the_approved_one()
    {
        var received = typeof(PikkuBuilder).Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n");
        var approved = File.Exists(Approved) ? File.ReadAllText(Approved).ReplaceLineEndings("\n") : "";
        if (received.Trim() == approved.Trim())
        {
            File.Delete(Received);
            return;
        }

        File.WriteAllText(Received, received.Trim() + "\n");
        Assert.Fail(
            $"""
            The public API is not the one that was approved. {FirstDifference(approved, received)}
            If the change is wanted, approve it and say so in CHANGELOG.md:
              mv {Repository.Relative(Received)} {Repository.Relative(Approved)}
            """);
    }

    private static string FirstDifference(string approved, string received)
    {
        var was = approved.Trim().Split('\n');
        var now = received.Trim().Split('\n');
        var line = was.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"First difference, line {line + 1}:\n  - {was.ElementAtOrDefault(line)}\n  + {now.ElementAtOrDefault(line)}";
    }
}
