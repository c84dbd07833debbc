using System.Text.RegularExpressions;
using Xunit;

namespace Pikku.Akka.Tests.Docs;

/// <summary>The targets of links and commands in the pages exist.</summary>
public sealed partial class PagesSpec
{
    public static TheoryData<string> Pages => new(Repository.Pages().Select(Repository.Relative));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_has_a_target(string name)
    {
        var page = MarkdownPage.Open(Repository.PathOf(name));
        foreach (var (line, target) in page.Links.Where(link => !link.Target.Contains("://", StringComparison.Ordinal)))
        {
            var (file, anchor) = target.Split('#') is [var path, var fragment] ? (path, fragment) : (target, null);
            var full = file.Length == 0 ? page.Path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page.Path)!, file));
            Assert.True(Path.Exists(full), $"{name}:{line} links to {target}, which does not exist.");
            Assert.StartsWith(Repository.Root, full, StringComparison.Ordinal);
            if (anchor is not null)
                Assert.True(MarkdownPage.Open(full).Anchors.Contains(anchor), $"{name}:{line} links to {target}, but no heading of that name is there.");
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_dotnet_command_names_existing_files(string name)
    {
        var page = MarkdownPage.Open(Repository.PathOf(name));
        var texts = page.Code.Concat(page.Blocks.SelectMany(block => block.Text.Split('\n').Select(text => (block.Line, Text: text))));
        foreach (var (line, text) in texts)
            foreach (Match command in Command().Matches(text))
                AssertProject(command, $"{name}:{line}", [.. page.Indented.Where(other => other.StartsWith("dotnet new ", StringComparison.Ordinal)).Select(other => other.Split(' ')[^1])]);
    }

    // The page may create applications, whose names are the last words of the commands.
    private static void AssertProject(Match command, string place, string[] newApplications)
    {
        var verb = command.Groups["verb"].Value;
        Assert.True(verb is "run" or "test" or "build" or "add" or "pack" or "new", $"{place}: nobody has checked 'dotnet {verb}'.");
        if (verb is "add" or "new")
            return; // A project of the reader.
        var project = command.Groups["project"].Value;
        if (project.Length == 0)
        {
            Assert.True(verb != "run" || newApplications.Length > 0, $"{place}: 'dotnet run' needs a project here.");
            return;
        }

        if (newApplications.Contains(project))
            return;
        var path = Repository.PathOf(project);
        Assert.True(
            File.Exists(path) || Directory.EnumerateFiles(Directory.Exists(path) ? path : Repository.Root, "*.csproj").Any(file => Path.GetDirectoryName(file) == path),
            $"{place}: {project} is no project.");
    }

    [GeneratedRegex(@"\bdotnet (?<verb>\w+)(?: -c \w+)?(?:(?: --project)? (?<project>[\w./]+))?")]
    private static partial Regex Command();
}
