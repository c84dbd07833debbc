using Xunit;

namespace Pikku.Akka.Tests.AsyncApi;

/// <summary>A document that changes only when somebody says so.</summary>
internal static class ApprovedDocument
{
    /// <param name="name">The name of its file, without ending.</param>
    /// <param name="received">What it is now.</param>
    public static void Check(string name, string received)
    {
        var approvedFile = Repository.PathOf("Pikku.Akka.Tests", "AsyncApi", $"{name}.approved.json");
        var receivedFile = Repository.PathOf("Pikku.Akka.Tests", "AsyncApi", $"{name}.received.json");
        var approved = File.Exists(approvedFile) ? File.ReadAllText(approvedFile).ReplaceLineEndings("\n") : "";
        if (received == approved)
        {
            File.Delete(receivedFile);
            return;
        }

        File.WriteAllText(receivedFile, received);
        var (was, now) = (approved.Split('\n'), received.Split('\n'));
        var line = was.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Fail(
            $"""
            The document is not the one that was approved. First difference, line {line + 1}:
              - {was.ElementAtOrDefault(line)}
              + {now.ElementAtOrDefault(line)}
            If the change is wanted, approve it:
              mv {Repository.Relative(receivedFile)} {Repository.Relative(approvedFile)}
            """);
    }
}
