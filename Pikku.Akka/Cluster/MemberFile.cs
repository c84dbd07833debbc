using Akka.Actor;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Cluster;

/// <summary>
/// The members of the cluster of this node, in a small file that outlives the process (<c>pikku.cluster.state-directory</c>): one host and port on each line. A
/// node that starts again asks them for their cluster. Not thread-safe: the actor owns it.
/// </summary>
internal sealed class MemberFile
{
    private string[] _written;

    /// <exception cref="IOException">The directory can't be created, or the file can't be read or written; so for <see cref="UnauthorizedAccessException"/>.</exception>
    public MemberFile(string directory, Address self)
    {
        // Several nodes of one machine may share the directory. The colons of an IPv6 address are not legal in the name of a file on Windows.
        Path = System.IO.Path.GetFullPath(System.IO.Path.Combine(directory, $"members-{NodeName.Of(self).Replace(':', '-')}.txt"));
        Directory.CreateDirectory(directory);
        Remembered = File.Exists(Path) ? [.. File.ReadAllLines(Path).Select(line => line.Trim()).Where(ClusterConfig.IsSeed)] : [];
        // The start fails here if the file can't be written, and not later, when nobody watches.
        _written = [];
        Save(Remembered);
    }

    public string Path { get; }

    /// <summary>The members when the node last was a member; empty when there is no file.</summary>
    public string[] Remembered { get; }

    /// <summary>Replaces the content of the file, unless it is the same.</summary>
    public void Write(IEnumerable<string> members)
    {
        string[] sorted = [.. members.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (!sorted.SequenceEqual(_written))
            Save(sorted);
    }

    private void Save(string[] members)
    {
        // A process that is killed while it writes leaves the old file.
        var next = $"{Path}.next";
        File.WriteAllLines(next, members);
        File.Move(next, Path, overwrite: true);
        _written = members;
    }
}
