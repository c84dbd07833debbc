using System.IO.Compression;
using System.Xml.Linq;

namespace Pikku.Akka.Tests.Packages;

/// <summary>A package, or a package of symbols.</summary>
internal sealed class PackageFile : IDisposable
{
    private readonly ZipArchive _zip;

    public PackageFile(string path)
    {
        _zip = ZipFile.OpenRead(path);
        Metadata = XDocument.Load(new MemoryStream(Read(_zip.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal)).FullName)))
            .Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    /// <summary>The <c>metadata</c> of the nuspec.</summary>
    public XElement Metadata { get; }

    public IEnumerable<string> Files => _zip.Entries.Select(entry => entry.FullName);

    /// <summary>The dependencies of all groups: id and version.</summary>
    public IEnumerable<(string Id, string Version)> Dependencies => Metadata.Descendants()
        .Where(element => element.Name.LocalName == "dependency")
        .Select(element => (element.Attribute("id")!.Value, element.Attribute("version")!.Value));

    /// <summary>The text of an element of the metadata.</summary>
    public string Value(string name) => Element(name).Value;

    public XElement Element(string name) => Metadata.Elements().Single(element => element.Name.LocalName == name);

    public byte[] Read(string file)
    {
        using var from = _zip.GetEntry(file)?.Open() ?? throw new InvalidOperationException($"No {file} among {string.Join(", ", Files)}.");
        using var to = new MemoryStream();
        from.CopyTo(to);
        return to.ToArray();
    }

    public void Dispose() => _zip.Dispose();
}
