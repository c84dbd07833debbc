using Pikku.Akka.Channels;
using Pikku.Akka.Cluster;
using Pikku.Akka.Connections;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Inspection;

/// <summary>
/// The traces and recordings of this node. While there are none it costs nothing: no connection has a watch, the directory calls nobody, and no timer runs. Thread-safe.
/// </summary>
/// <remarks>
/// A connection opens, or its user changes, while a trace of the user begins. The directory first changes its entry and then calls back; a trace is first added here and
/// then looks into the directory. So at least one of the two sees the connection, and both do the same under one lock.
/// </remarks>
internal sealed class WatchList(ConnectionDirectory directory, PikkuSettings settings, NodeReporter reporter, TimeProvider clock) : IDisposable
{
    private const int Part = 64 * 1024; // characters of a file in one answer, which fits into a frame between nodes
    private static readonly TimeSpan s_sweep = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TraceBuffer> _traces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Recording> _recordings = new(StringComparer.Ordinal);
    private ITimer? _timer;

    private WatchSettings Watch => settings.Watch;

    /// <summary>Traces a user until nobody reads for <c>pikku.watch.lease</c>, and reads the messages since the last call.</summary>
    /// <param name="userId">The user.</param>
    /// <param name="cursors">The number behind the last message, by node.</param>
    /// <exception cref="TooManyRequestsError">This node traces as many users as it may.</exception>
    public TraceAnswer ReadTrace(string userId, IReadOnlyDictionary<string, long> cursors)
    {
        TraceBuffer? trace;
        lock (_lock)
        {
            if (!_traces.TryGetValue(userId, out trace))
            {
                if (_traces.Count == Watch.MaxUsers)
                    throw new TooManyRequestsError("As many users are traced as pikku.watch.max-users allows.");
                _traces.Add(userId, trace = new TraceBuffer(Watch.MaxMessages, clock.GetUtcNow().UtcTicks));
                BeginWatching();
                foreach (var connection in directory.OfUser(userId))
                    Attach(connection, userId);
            }

            trace.AskedAt = clock.GetTimestamp();
        }

        var node = reporter.Node;
        return trace.Read(cursors.GetValueOrDefault(node), node);
    }

    /// <summary>Begins to record a connection of this node, or the next one of a user.</summary>
    /// <returns>Null when the connection is not on this node.</returns>
    /// <exception cref="PikkuException">The connection can't be recorded, or there are too many recordings.</exception>
    public RecordingState? Start(string id, string? userId, string? connectionId, TimeSpan duration)
    {
        var connection = connectionId is null ? null : directory.Find(connectionId);
        if (connectionId is not null && connection is null)
            return null;
        if (connection?.Transport.ServesOneSubscription == true)
            throw new UnprocessableContentError("connection", "is an event stream, which can't be recorded");
        var user = connection?.Session.Current?.UserId; // code of the application, so outside of the lock
        lock (_lock)
        {
            if (_recordings.Count == Watch.MaxRecordings)
                throw new TooManyRequestsError("There are as many recordings as pikku.watch.max-recordings allows. A recording is dropped some time after its end.");
            var recording = new Recording(id, userId, Watch.MaxRecordingSize, clock.GetTimestamp() + Ticks(duration));
            if (connection is not null && _recordings.Values.Any(other => other.Connection == connection && !other.HasEnded))
                throw new ConflictError("The connection is being recorded.");
            _recordings.Add(id, recording);
            BeginWatching();
            if (connection is not null)
            {
                recording.Begin(connection, user, clock.GetUtcNow(), isFromStart: false);
                Attach(connection, user);
            }

            return recording.ReadState();
        }
    }

    /// <summary>Reads the state of a recording; null when this node does not have it.</summary>
    public RecordingState? Find(string id)
    {
        lock (_lock)
            return _recordings.GetValueOrDefault(id)?.ReadState();
    }

    /// <summary>Ends a recording. Its file stays for <c>pikku.watch.duration</c>.</summary>
    public RecordingState? Stop(string id)
    {
        lock (_lock)
        {
            if (_recordings.GetValueOrDefault(id) is not { } recording)
                return null;
            End(recording, "stopped");
            return recording.ReadState();
        }
    }

    /// <summary>Reads a part of the file of a recording that has ended.</summary>
    public RecordAnswer? ReadFile(string id, int from)
    {
        Recording? recording;
        lock (_lock)
            recording = _recordings.GetValueOrDefault(id);
        if (recording is not { HasEnded: true })
            return null;
        var file = recording.ReadFile((steps, reason) => new ScenarioWriter(recording, new SecretMask(Watch.MaskedNames), clock).Write(steps, reason));
        var start = Math.Clamp(from, 0, file.Length);
        return new RecordAnswer(recording.ReadState(), file.Substring(start, Math.Min(Part, file.Length - start)), file.Length);
    }

    public void Dispose() => _timer?.Dispose();

    // Called within the lock of the session of the connection.
    private void OnUserMoved(Connection connection, string? user)
    {
        lock (_lock)
        {
            if (user is not null && !connection.Transport.ServesOneSubscription && connection.Outbox.Watch is not ConnectionWatch { IsRecording: true }
                && _recordings.Values.FirstOrDefault(one => one.User == user && one.Connection is null && !one.HasEnded) is { } waiting)
                waiting.Begin(connection, user, clock.GetUtcNow(), isFromStart: !connection.Mailbox.HasActor); // a connection whose client logs in later is open
            Attach(connection, user);
        }
    }

    // Gives a connection the watch that it should have now.
    private void Attach(Connection connection, string? user)
    {
        var trace = user is null ? null : _traces.GetValueOrDefault(user);
        var recording = _recordings.Values.FirstOrDefault(one => one.Connection == connection && !one.HasEnded);
        connection.Outbox.Watch = trace is null && recording is null ? null : new ConnectionWatch(connection, trace, recording, reporter.Node);
    }

    private void BeginWatching()
    {
        directory.UserMoved = OnUserMoved;
        _timer ??= clock.CreateTimer(_ => Sweep(), null, s_sweep, s_sweep);
    }

    private void Sweep()
    {
        lock (_lock)
        {
            foreach (var (user, trace) in _traces.Where(entry => clock.GetElapsedTime(entry.Value.AskedAt) >= Watch.Lease).ToArray())
            {
                _traces.Remove(user);
                foreach (var connection in directory.OfUser(user))
                    Attach(connection, user);
            }

            var now = clock.GetTimestamp();
            foreach (var recording in _recordings.Values.ToArray())
            {
                if (now >= recording.Until)
                    End(recording, "the time is over");
                if (now >= recording.Until + Ticks(Watch.Duration))
                    _recordings.Remove(recording.Id);
            }

            if (_traces.Count + _recordings.Count > 0)
                return;
            directory.UserMoved = null;
            _timer?.Dispose();
            _timer = null;
        }
    }

    private static void End(Recording recording, string reason)
    {
        if (recording.HasEnded)
            return;
        recording.End(reason);
        if (recording.Connection is { } connection && connection.Outbox.Watch is ConnectionWatch watch)
            connection.Outbox.Watch = watch.WithoutRecording();
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);
}
