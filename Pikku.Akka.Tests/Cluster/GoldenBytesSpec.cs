using Pikku.Akka.Cluster;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>
/// The bytes of all messages between nodes are stored in a file for each version. This build writes the bytes of its own version and reads the files of all
/// versions with the same major version, because nodes that were not updated yet send them.
/// </summary>
public sealed class GoldenBytesSpec
{
    public static TheoryData<string> Versions => new(
        Directory.EnumerateFiles(Repository.PathOf("Pikku.Akka.Tests", "Cluster", "Golden"), $"{WireVersion.Current.Major}.*.txt")
            .Select(file => Path.GetFileNameWithoutExtension(file)));

    [Fact]
    public void There_is_an_example_of_every_kind() => Assert.Empty(
        NodeWire.Kinds.Select(kind => kind.Name).Except(WireExamples.All.Keys.Select(name => name.Split(',')[0])));

    [Fact]
    public void This_build_writes_the_bytes_of_its_version()
    {
        var written = WireExamples.All.Select(example => $"{example.Key}: {Convert.ToHexStringLower(WireExamples.Write(example.Value))}").ToArray();
        var kept = Lines(WireVersion.Current.ToString()).Select(line => $"{line.Name}: {Convert.ToHexStringLower(line.Bytes)}").ToArray();
        Assert.True(kept.SequenceEqual(written), $"docs/node-wire.md describes when the version changes. This build writes\n{string.Join('\n', written.Except(kept))}");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void This_build_reads_the_bytes_of_every_version_of_its_major_version(string version)
    {
        var lines = Lines(version);
        Assert.NotEmpty(lines);
        foreach (var (name, bytes) in lines)
            Assert.Equal(WireExamples.Show(WireExamples.All[name]), WireExamples.Show(NodeWire.Read(bytes)));
    }

    [Fact]
    public void The_first_version_stays() => Assert.True(File.Exists(Repository.PathOf("Pikku.Akka.Tests", "Cluster", "Golden", "1.0.txt")));

    private static (string Name, byte[] Bytes)[] Lines(string version) =>
    [
        .. File.ReadAllLines(Repository.PathOf("Pikku.Akka.Tests", "Cluster", "Golden", $"{version}.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split(": ") is [var name, var hex] ? (name, Convert.FromHexString(hex)) : throw new InvalidDataException(line)),
    ];
}
