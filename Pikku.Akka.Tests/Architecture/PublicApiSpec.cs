using PublicApiGenerator;
using Xunit;

namespace Pikku.Akka.Tests.Architecture;

/// <summary>The public API changes only with approval.</summary>
public sealed class PublicApiSpec
{
    /// <summary>A type of each package, and the name under which its API is approved.</summary>
    public static TheoryData<Type, string> Packages => new() { { typeof(PikkuBuilder), "PublicApi" }, { typeof(PikkuCli), "PublicApi.Tools" }, { typeof(AkkaConfigurationBuilderExtensions), "PublicApi.Hosting" }, { typeof(PikkuKubernetesExtensions), "PublicApi.Kubernetes" }, { typeof(PikkuTestHost), "PublicApi.Testing" }, { typeof(global::Pikku.Akka.Clients.PikkuClient), "PublicApi.Client" } };

    [Theory]
    [MemberData(nameof(Packages))]
    public void The_public_API_is_the_approved_one(Type type, string name)
    {
        var (approvedFile, receivedFile) = (PathOf($"{name}.approved.txt"), PathOf($"{name}.received.txt"));
        var received = type.Assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }).ReplaceLineEndings("\n");
        var approved = File.Exists(approvedFile) ? File.ReadAllText(approvedFile).ReplaceLineEndings("\n") : "";
        if (received.Trim() == approved.Trim())
        {
            File.Delete(receivedFile);
            return;
        }

        File.WriteAllText(receivedFile, received.Trim() + "\n");
        Assert.Fail(
            $"""
            The public API is not the one that was approved. {FirstDifference(approved, received)}
            If the change is wanted, approve it and say so in CHANGELOG.md:
              mv {Repository.Relative(receivedFile)} {Repository.Relative(approvedFile)}
            """);
    }

    private static string PathOf(string file) => Repository.PathOf("Pikku.Akka.Tests", "Architecture", file);

    private static string FirstDifference(string approved, string received)
    {
        var was = approved.Trim().Split('\n');
        var now = received.Trim().Split('\n');
        var line = was.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"First difference, line {line + 1}:\n  - {was.ElementAtOrDefault(line)}\n  + {now.ElementAtOrDefault(line)}";
    }
}
