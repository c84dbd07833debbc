using Microsoft.EntityFrameworkCore;
using Pikku.Akka.Host.Data;

namespace Pikku.Akka.Host.Chat;

/// <summary>Keeps the newest messages in the database. Thread-safe.</summary>
internal sealed class ChatStore(IDbContextFactory<HostData> database, TimeProvider clock)
{
    // Ten times the limit of one call. Older messages are removed, so that clients cannot fill the disk.
    private const int Capacity = 1000;

    // Each removal needs a query, so it follows many messages.
    private const int MessagesPerRemoval = 50;

    private static readonly TimeSpan s_countAge = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _counting = new(1);
    private long? _countedAt;
    private int _count;
    private int _added;

    /// <summary>The number of messages that are kept. It is read at most once a second, however many clients watch it.</summary>
    public async ValueTask<int> CountAsync(CancellationToken cancellationToken)
    {
        await _counting.WaitAsync(cancellationToken);
        try
        {
            if (_countedAt is { } at && clock.GetElapsedTime(at) < s_countAge)
                return _count;
            await using var data = await database.CreateDbContextAsync(cancellationToken);
            _count = await data.Messages.CountAsync(cancellationToken);
            _countedAt = clock.GetTimestamp();
            return _count;
        }
        finally
        {
            _counting.Release();
        }
    }

    /// <summary>Adds a message. It is committed when the task completes.</summary>
    public async Task<ChatMessage> AddAsync(string userId, string text, CancellationToken cancellationToken)
    {
        var message = new ChatMessage(Guid.CreateVersion7(clock.GetUtcNow()).ToString("n"), userId, text, clock.GetUtcNow());
        await using var data = await database.CreateDbContextAsync(cancellationToken);
        data.Messages.Add(message);
        await data.SaveChangesAsync(cancellationToken);
        if (Interlocked.Increment(ref _added) % MessagesPerRemoval == 0)
            await data.RemoveOldestAsync<ChatMessage>(Capacity, cancellationToken);
        return message;
    }

    /// <summary>Returns the newest messages, oldest first.</summary>
    public async Task<IReadOnlyList<ChatMessage>> LatestAsync(int limit, CancellationToken cancellationToken)
    {
        await using var data = await database.CreateDbContextAsync(cancellationToken);
        var newest = await data.Messages.AsNoTracking().OrderByDescending(message => EF.Property<long>(message, HostData.Number)).Take(limit).ToListAsync(cancellationToken);
        newest.Reverse();
        return newest;
    }
}
