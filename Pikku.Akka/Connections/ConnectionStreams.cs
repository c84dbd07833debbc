using Pikku.Akka.Channels;

namespace Pikku.Akka.Connections;

/// <summary>
/// The streams of one connection that have left the in-flight window. Created with the first of them. Does not depend on actors; one caller at a time.
/// </summary>
/// <param name="connection">The connection.</param>
internal sealed class ConnectionStreams(Connection connection)
{
    private readonly List<ClientMessage> _running = [];

    /// <summary>True when the function of each stream has ended.</summary>
    public bool IsEmpty => _running.Count == 0;

    /// <summary>True when the client has the end of each stream. Functions may still run.</summary>
    public bool HaveEnded => _running.TrueForAll(message => message.Stream!.EndedAt != 0);

    public void Add(ClientMessage message) => _running.Add(message);

    public void Remove(ClientMessage message) => _running.Remove(message);

    /// <summary>The oldest stream with an id that has not ended; null for none.</summary>
    public ClientMessage? Find(ReadOnlySpan<byte> id)
    {
        foreach (var message in _running)
            if (message.Stream!.EndedAt == 0 && message.HasId(id))
                return message;
        return null;
    }

    /// <summary>Ends a stream with an error, and cancels its function.</summary>
    public static bool TryEnd(ClientMessage message, PikkuException error, long now)
    {
        if (message.Stream?.TryEnd(error) != true)
            return false;
        Cancel(message, now);
        return true;
    }

    /// <summary>Ends a stream because its node drains, and cancels its function.</summary>
    public static void TryEndByDrain(ClientMessage message, long now) => TryEnd(message, new ServiceUnavailableError("The node shuts down."), now);

    /// <summary>Ends all streams because the node drains, and cancels their functions.</summary>
    public void EndAll(long now)
    {
        foreach (var message in _running)
            TryEndByDrain(message, now);
    }

    /// <summary>Cancels the functions of all streams because their connection ends. Their client receives nothing more.</summary>
    public void CancelAll(long now)
    {
        foreach (var message in _running)
            Cancel(message, now);
    }

    /// <summary>Forgets the streams whose functions have not ended within <c>pikku.connection.close-timeout</c> after they were cancelled.</summary>
    public void GiveUpOverdue(long now)
    {
        if (IsEmpty)
            return;
        var endpoint = connection.Endpoint;
        var allowed = endpoint.Settings.Connection.CloseTimeout;
        _running.RemoveAll(message =>
        {
            var isOverdue = message.Stream!.EndedAt is var ended and not 0 && endpoint.Clock.GetElapsedTime(ended, now) >= allowed;
            if (isOverdue)
                endpoint.LogAbandoned(message, allowed, "its stream was cancelled and has not ended");
            return isOverdue;
        });
    }

    private static void Cancel(ClientMessage message, long now)
    {
        var stream = message.Stream!;
        if (stream.EndedAt == 0)
            stream.EndedAt = now;
        message.Cancel();
    }
}
