using Akka.Actor;
using Pikku.Akka.Cluster;
using Xunit;

namespace Pikku.Akka.Tests.Cluster;

/// <summary>The file in which a node remembers the members of its cluster.</summary>
public sealed class MemberFileSpec : IDisposable
{
    private static readonly Address s_self = new("akka.tcp", "pikku", "::1", 4053);

    private readonly string _directory = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void The_next_process_reads_what_the_last_one_has_written()
    {
        var first = new MemberFile(_directory, s_self);
        Assert.Empty(first.Remembered);
        first.Write(["b:1", "a:1"]);
        first.Write(["c:1", "a:1"]);

        Assert.Equal(["a:1", "c:1"], new MemberFile(_directory, s_self).Remembered);
        Assert.Empty(new MemberFile(_directory, s_self.WithPort(4054)).Remembered);
    }

    [Fact]
    public void Lines_that_are_no_nodes_are_ignored()
    {
        var file = new MemberFile(_directory, s_self);
        File.WriteAllLines(file.Path, ["", "a:1 ", "no node", "b:x", "c:1"]);

        Assert.Equal(["a:1", "c:1"], new MemberFile(_directory, s_self).Remembered);
    }

    [Fact]
    public void A_directory_that_can_not_be_written_fails_at_the_start()
    {
        var file = Path.GetTempFileName();
        try
        {
            Assert.ThrowsAny<IOException>(() => new MemberFile(Path.Combine(file, "below"), s_self));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
