using System.Text;
using System.Xml.Linq;
using Pikku.Akka.Tests.Support;
using Xunit;

namespace Pikku.Akka.Tests.Packages;

/// <summary>The licence notices name every package that an application gets with a package of this repository.</summary>
[Collection(PackagesCollection.Name)]
public sealed class NoticesSpec(PackedFeed feed)
{
    // Licences that ask for nothing but their notice.
    private static readonly string[] s_permissive = ["Apache-2.0", "BSD-3-Clause", "MIT", "MIT-0"];

    [Fact]
    public void The_notices_list_the_dependencies_of_all_packages() => Snapshot.Is(Notices(), "..", "THIRD-PARTY-NOTICES.md");

    [Fact]
    public void Every_licence_is_permissive() => Assert.All(Dependencies(), one => Assert.True(s_permissive.Contains(one.Licence), $"{one.Id} has the licence {one.Licence}."));

    [Fact]
    public void Every_package_contains_the_notices()
    {
        Assert.NotEmpty(feed.Ids);
        foreach (var id in feed.Ids)
        {
            using var package = feed.Open(id);
            Assert.Equal(File.ReadAllBytes(Repository.PathOf("THIRD-PARTY-NOTICES.md")), package.Read("THIRD-PARTY-NOTICES.md"));
        }
    }

    private string Notices()
    {
        var text = new StringBuilder("""
            # Third-party notices

            The packages of Pikku.Akka contain no code of others. They depend on these packages, which NuGet installs with them, each under its own licence. The npm packages have no
            dependencies beside React. `NoticesSpec` compares this list with the restored packages.

            | package | licence | authors | needed by |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (var (id, licence, authors, users) in Dependencies())
            text.Append("| [").Append(id).Append("](https://www.nuget.org/packages/").Append(id).Append(") | [").Append(licence).Append("](https://spdx.org/licenses/").Append(licence)
                .Append(".html) | ").Append(authors).Append(" | ").AppendJoin(", ", users).Append(" |\n");
        return text.ToString();
    }

    private IEnumerable<(string Id, string Licence, string Authors, IEnumerable<string> Users)> Dependencies() =>
        feed.Ids.SelectMany(id => RestoredPackages.Of(feed.AssetsOf(id)).Select(nuspec => (User: id, Nuspec: nuspec)))
            .GroupBy(one => Path.GetFileNameWithoutExtension(one.Nuspec), StringComparer.Ordinal)
            .Select(group => (Metadata: MetadataOf(group.First().Nuspec), Users: group.Select(one => one.User).Distinct().Order(StringComparer.Ordinal).AsEnumerable()))
            .Select(one => (Text(one.Metadata, "id"), Text(one.Metadata, "license"), Text(one.Metadata, "authors"), one.Users))
            .OrderBy(one => one.Item1, StringComparer.Ordinal);

    private static XElement MetadataOf(string nuspec) => XDocument.Load(nuspec).Root!.Elements().Single(element => element.Name.LocalName == "metadata");

    private static string Text(XElement metadata, string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value ?? "";
}
