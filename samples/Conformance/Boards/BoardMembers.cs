using System.Collections.Concurrent;

namespace Conformance.Boards;

/// <summary>
/// Who is a member of which board. An application has a database for this, which all of its nodes see. Here it is a folder, <c>Conformance:Members</c> of the
/// configuration, with a file for each membership that was changed. A single node needs none and keeps the changes in memory.
/// </summary>
public sealed class BoardMembers(IConfiguration configuration)
{
    private static readonly HashSet<string> AtStart = ["b1/alice", "b1/bob"];

    private readonly ConcurrentDictionary<string, bool> _local = [];
    private readonly string? _folder = configuration["Conformance:Members"];

    public async ValueTask<bool> ContainsAsync(string boardId, string userId)
    {
        var member = $"{boardId}/{userId}";
        try
        {
            if (_folder is not null)
                return bool.Parse(await File.ReadAllTextAsync(FileOf(_folder, member)));
        }
        catch (FileNotFoundException)
        {
            // It was never changed.
        }

        return _local.TryGetValue(member, out var isMember) ? isMember : AtStart.Contains(member);
    }

    public async ValueTask SetAsync(string boardId, string userId, bool isMember)
    {
        var member = $"{boardId}/{userId}";
        if (_folder is null)
        {
            _local[member] = isMember;
            return;
        }

        // Another node reads the old file or the new one, and never a part.
        var file = Path.Combine(_folder, Path.GetRandomFileName());
        await File.WriteAllTextAsync(file, isMember.ToString());
        File.Move(file, FileOf(_folder, member), overwrite: true);
    }

    private static string FileOf(string folder, string member) => Path.Combine(folder, Uri.EscapeDataString(member));
}
