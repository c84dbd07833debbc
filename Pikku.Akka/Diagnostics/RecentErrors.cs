namespace Pikku.Akka.Diagnostics;

/// <summary>The latest errors of a node, for operators: those that were unexpected and have an id in the log, and those that clients have caused. Each kind keeps its own last errors, so that a client can't push the unexpected ones out. Thread-safe.</summary>
internal sealed class RecentErrors
{
    private const int Kept = 256; // of each kind: about 30 KB, and more than an operator reads

    private readonly Lock _gate = new();
    private readonly Queue<RecentError> _unexpected = new();
    private readonly Queue<RecentError> _refused = new();

    public void Add(RecentError error)
    {
        lock (_gate)
        {
            var queue = error.ErrorId is null ? _refused : _unexpected;
            if (queue.Count == Kept)
                queue.Dequeue();
            queue.Enqueue(error);
        }
    }

    /// <summary>The newest errors first.</summary>
    /// <param name="limit">How many at most.</param>
    /// <param name="channelId">The connection; null for all.</param>
    public IReadOnlyList<RecentError> Read(int limit, string? channelId = null)
    {
        RecentError[] all;
        lock (_gate)
            all = [.. _unexpected, .. _refused];
        return [.. all.Where(error => channelId is null || error.ChannelId == channelId).OrderByDescending(error => error.At).Take(limit)];
    }
}
