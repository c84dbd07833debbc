using Pikku.Akka.Channels;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Inspection;

/// <summary>A recording of one connection. It keeps the messages as they are; <see cref="ScenarioWriter"/> masks secrets when it writes the file. Thread-safe.</summary>
/// <param name="id">Its id.</param>
/// <param name="user">The user whose next connection is recorded; null when the connection is given.</param>
/// <param name="maxSize">The number of bytes after which it ends.</param>
/// <param name="until">When it ends by itself, as a timestamp of the clock.</param>
internal sealed class Recording(string id, string? user, int maxSize, long until)
{
    private const int Overhead = 64; // the memory of a step beside its payload

    private readonly Lock _lock = new();
    private readonly List<RecordedStep> _steps = [];
    private int _size;
    private string? _ended;
    private string? _file;

    public string Id => id;

    /// <summary>The user whose next connection is recorded; null when the connection is given.</summary>
    public string? User => user;

    /// <summary>When it ends by itself, as a timestamp of the clock.</summary>
    public long Until => until;

    /// <summary>The connection; null until the user connects.</summary>
    public Connection? Connection { get; private set; }

    /// <summary>When the recording of the connection has begun; null before.</summary>
    public DateTimeOffset? BegunAt { get; private set; }

    /// <summary>The user of the connection at the beginning; null for a guest.</summary>
    public string? Owner { get; private set; }

    /// <summary>True when the recording has begun with the connection, so that it contains everything from its start.</summary>
    public bool IsFromStart { get; private set; }

    /// <summary>True when nothing more is recorded.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
                return _ended is not null;
        }
    }

    /// <summary>Begins with a connection.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="owner">Its user; null for a guest.</param>
    /// <param name="now">The time.</param>
    /// <param name="isFromStart">True when the connection is just opening.</param>
    public void Begin(Connection connection, string? owner, DateTimeOffset now, bool isFromStart) =>
        (Connection, Owner, BegunAt, IsFromStart) = (connection, owner, now, isFromStart);

    public void Received(ClientMessage message)
    {
        if (message.Length > 0)
            Add(new RecordedStep(message is BinaryMessage ? RecordedKind.SentBinary : RecordedKind.SentText, message.Payload.ToArray()));
    }

    public void Sent(in EncodedMessage message)
    {
        var bytes = message.Span.ToArray();
        if (message.Kind == MessageKind.Close)
            Add(new RecordedStep(RecordedKind.ServerClose, bytes));
        else
            Add(new RecordedStep(message.Kind == MessageKind.Binary ? RecordedKind.ReceivedBinary : RecordedKind.ReceivedText, bytes));
    }

    public void Ended(int code, bool isByClient)
    {
        if (isByClient)
            Add(new RecordedStep(RecordedKind.ClientClose, []) { Code = code is CloseMessage.NoClose or CloseMessage.NoCode ? (int)CloseCode.Normal : code });
        End("the connection has ended");
    }

    /// <summary>Ends the recording.</summary>
    /// <param name="reason">Why.</param>
    public void End(string reason)
    {
        lock (_lock)
            _ended ??= reason;
    }

    /// <summary>The state.</summary>
    public RecordingState ReadState()
    {
        lock (_lock)
            return new RecordingState(id, Connection is not null, Connection?.Id, BegunAt, _steps.Count, _size, _ended);
    }

    /// <summary>The file, which is written once.</summary>
    /// <param name="write">Writes it.</param>
    public string ReadFile(Func<IReadOnlyList<RecordedStep>, string?, string> write)
    {
        lock (_lock)
            return _file ??= write(_steps, _ended);
    }

    private void Add(RecordedStep step)
    {
        lock (_lock)
        {
            if (_ended is not null)
                return;
            if (_size + step.Payload.Length + Overhead > maxSize)
            {
                _ended = "pikku.watch.max-recording-size is reached";
                return;
            }

            _size += step.Payload.Length + Overhead;
            _steps.Add(step);
        }
    }
}

/// <summary>A message of a recording, or its end.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Payload">The payload.</param>
internal sealed record RecordedStep(RecordedKind Kind, byte[] Payload)
{
    /// <summary>The close code of the client.</summary>
    public int Code { get; init; }
}

/// <summary>What a step of a recording is, from the side of the client.</summary>
internal enum RecordedKind
{
    SentText,
    SentBinary,
    ReceivedText,
    ReceivedBinary,
    ClientClose,
    ServerClose,
}

/// <summary>The state of a recording.</summary>
/// <param name="Id">Its id.</param>
/// <param name="HasBegun">False while it waits for the next connection of its user.</param>
/// <param name="Connection">The id of the connection; null before.</param>
/// <param name="BegunAt">When it has begun; null before.</param>
/// <param name="Messages">How many messages it has.</param>
/// <param name="Size">Their size in bytes.</param>
/// <param name="Ended">Why it has ended; null while it goes on.</param>
internal sealed record RecordingState(string Id, bool HasBegun, string? Connection, DateTimeOffset? BegunAt, int Messages, int Size, string? Ended);
