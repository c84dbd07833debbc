namespace Pikku.Clients;

/// <summary>Who is present in a topic, kept current like <see cref="PikkuLive{TState, TEvent}"/>. Thread-safe.</summary>
/// <typeparam name="TInfo">The type of what a connection says about itself.</typeparam>
public sealed class PikkuPresence<TInfo> : IDisposable
{
    private readonly PikkuLive<IReadOnlyList<PikkuPresenceEntry<TInfo>>, PikkuPresenceChange<TInfo>> _live;

    internal PikkuPresence(PikkuConnection connection, string topic)
    {
        _live = new(connection, topic, Apply);
        _live.Changed += (_, _) => Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Raised after a change. Like other handlers, it must not block.</summary>
    public event EventHandler? Changed;

    /// <summary>The connections, in the order in which they came.</summary>
    public IReadOnlyList<PikkuPresenceEntry<TInfo>> Entries => _live.Value ?? Array.Empty<PikkuPresenceEntry<TInfo>>();

    /// <summary>One info for each user, the latest one. A connection without a user counts as a user.</summary>
    public IReadOnlyList<TInfo> Users => Entries.GroupBy(entry => (entry.UserId, entry.UserId is null ? entry.ChannelId : null)).Select(user => user.Last().Info).ToArray();

    /// <summary>The status of the list.</summary>
    public PikkuLiveStatus Status => _live.Status;

    /// <summary>The reason for <see cref="Status"/>; null while the list is current.</summary>
    public Exception? Error => _live.Error;

    /// <inheritdoc cref="PikkuLive{TState, TEvent}.WaitUntilLoadedAsync"/>
    public Task WaitUntilLoadedAsync(CancellationToken cancellationToken = default) => _live.WaitUntilLoadedAsync(cancellationToken);

    /// <summary>Ends the subscription. The last known list remains.</summary>
    public void Dispose() => _live.Dispose();

    // The list may already contain the change.
    private static IReadOnlyList<PikkuPresenceEntry<TInfo>> Apply(IReadOnlyList<PikkuPresenceEntry<TInfo>> entries, PikkuPresenceChange<TInfo> change)
    {
        if (change.Left is { } left)
            return entries.Where(entry => entry.ChannelId != left.ChannelId).ToArray();
        if ((change.Joined ?? change.Updated) is not { } present)
            return entries; // A change that this client does not know.
        return entries.Any(entry => entry.ChannelId == present.ChannelId)
            ? entries.Select(entry => entry.ChannelId == present.ChannelId ? present : entry).ToArray()
            : entries.Append(present).ToArray();
    }
}
