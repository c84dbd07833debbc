using Xunit;

namespace Pikku.Akka.Tests.Support;

/// <summary>Generated text that is kept in the repository and changes only with approval.</summary>
internal static class Snapshot
{
    /// <summary>Compares the text; a different text is written next to the approved one for review.</summary>
    public static void Is(string generated, params string[] path)
    {
        var approved = Repository.PathOf(["Pikku.Akka.Tests", .. path]);
        var received = approved + ".received.txt";
        var kept = File.Exists(approved) ? File.ReadAllText(approved).ReplaceLineEndings("\n") : "";
        if (kept == generated)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, generated);
        var (was, now) = (kept.Split('\n'), generated.Split('\n'));
        var line = was.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Fail(
            $"""
            What is generated is not what was approved. First difference, line {line + 1}:
              - {was.ElementAtOrDefault(line)}
              + {now.ElementAtOrDefault(line)}
            If the change is wanted, approve it:
              mv {Repository.Relative(received)} {Repository.Relative(approved)}
            """);
    }
}
