using System.Globalization;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>A client that follows one topic and moves between the nodes. It keeps its position as text, by the rules for clients.</summary>
internal sealed class SimulatedClient
{
    private readonly SimulatedCluster _cluster;
    private readonly Random _random;
    private readonly HashSet<int> _known = [];
    private Dictionary<string, long>? _position;
    private int _knownUpTo;
    private int? _request;
    private bool _isExcused;

    public SimulatedClient(SimulatedCluster cluster, int id, string topic)
    {
        (_cluster, Id, Topic) = (cluster, id, topic);
        _random = cluster.Options.Random(100 + id);
        cluster.Scheduler.After(_random.Uniform(1, 6), Connect);
    }

    public int Id { get; }

    public string Topic { get; }

    public Connection? Connection { get; private set; }

    public bool IsAnswered => Connection is not null && _request is null;

    public string LastAnswer { get; private set; } = "none";

    /// <summary>The events that the client got since its last snapshot.</summary>
    public List<SimulatedEvent> Received { get; } = [];

    /// <summary>What a keyed topic holds, as this client sees it.</summary>
    public Dictionary<string, int?> Entries { get; private set; } = [];

    public bool Knows(SimulatedEvent one) => one.Uid <= _knownUpTo || _known.Contains(one.Uid);

    /// <summary>Notes that the next hole has a cause that the client can't see.</summary>
    public void ExcuseHole() => _isExcused = true;

    /// <summary>Ends a connection; the client connects again later.</summary>
    public void Lose(Connection connection)
    {
        connection.Close();
        if (Connection != connection)
            return;
        (Connection, _request) = (null, null);
        var isLong = _random.Chance(.06) && _cluster.Scheduler.Seconds < Scale.PublishEnd - (3 * Scale.PositionLifetime);
        _cluster.Scheduler.After(isLong ? _random.Uniform(Scale.PositionLifetime, 3 * Scale.PositionLifetime) : _random.Exponential(.3), Connect);
    }

    public void OnReply(int request, string recovery, string text, Snapshot? snapshot)
    {
        if (request != _request)
            return;
        (_request, LastAnswer) = (null, recovery);
        var position = Parse(text);
        if (_cluster.Mutator.Is(Mutation.MergeLost) && _position is not null)
        {
            foreach (var (origin, number) in _position)
                position[origin] = Math.Max(number, position.GetValueOrDefault(origin));
        }

        _position = position;
        if (snapshot is null)
            return;
        _knownUpTo = snapshot.Uid;
        Entries = new Dictionary<string, int?>(snapshot.Entries);
        _known.Clear();
        Received.Clear();
    }

    public void OnRefresh(string text)
    {
        if (_request is not null)
            return;
        var position = Parse(text);
        if (position.Any(entry => entry.Key[0] != '~' && entry.Value > _position!.GetValueOrDefault(entry.Key)))
            OnHole(null);
        else
            _position = position;
    }

    /// <param name="content">The event.</param>
    /// <param name="hasData">False for a tick.</param>
    public void OnEvent(SimulatedEvent content, bool hasData)
    {
        if (_request is not null)
            return; // the reply says what follows
        var has = _position!.GetValueOrDefault(content.OriginName);
        if (content.Number <= has)
        {
            Judge.Check(_cluster.Mutator.Is(Mutation.MergeLost), "a client got an event twice, or out of order");
            return;
        }

        if (content.Number > has + 1 && !_cluster.Mutator.Is(Mutation.Greatest))
        {
            OnHole(content);
            return;
        }

        _position![content.OriginName] = content.Number;
        _known.Add(content.Uid);
        Received.Add(content);
        if (!hasData)
            return;
        if (content.Write is { } write)
            Entries[write.Key] = SimulatedValue.Read(write.Value);
        Judge.Check(content.Except != Id, "an excepted client got the data");
    }

    public override string ToString() => $"client{Id}";

    private void Connect()
    {
        if (Connection is not null)
            return;
        var nodes = _cluster.Nodes.Where(static node => node.IsUp).ToList();
        if (nodes.Count == 0)
        {
            _cluster.Scheduler.After(1, Connect);
            return;
        }

        Connection = new Connection(_cluster, this, _random.Pick(nodes), _random);
        _cluster.Connections.Add(Connection);
        Subscribe();
    }

    private void Subscribe()
    {
        var (connection, request) = (Connection!, _cluster.NextRequest());
        _request = request;
        var since = _position is null ? null : string.Join(',', _position.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key}.{entry.Value}")));
        _cluster.Tracer.Step('s', connection.Node.Id, Id, request);
        if (_cluster.Tracer.IsText)
            _cluster.Tracer.Line($"{this} subscribes to {Topic} at {connection.Node} since {since ?? "nothing"}");
        connection.Node.RunAfter(_random.Uniform(.01, .3), () => connection.Node.Subscriptions.Subscribe(connection, request, since));
        const double Patience = 12;
        _cluster.Scheduler.After(Patience, () =>
        {
            if (_request == request)
                Lose(connection);
        });
    }

    private void OnHole(SimulatedEvent? content)
    {
        _cluster.Statistics.Count("holes");
        if (_cluster.Tracer.IsText)
            _cluster.Tracer.Line($"{this} sees a hole before {content?.ToString() ?? "a refresh"}");
        // A number that follows the number before it, as the judge knows it, or the first number of an origin that the position does not name, has no hole before it.
        Judge.Check(
            _isExcused || content is null || content.Number > content.Previous + 1 || (content.Previous > 0 && !_position!.ContainsKey(content.OriginName)),
            "a hole without a cause");
        _isExcused = false;
        Subscribe();
    }

    private static Dictionary<string, long> Parse(string text)
    {
        var position = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var range in text.AsSpan().Split(','))
        {
            var entry = text.AsSpan()[range];
            var dot = entry.LastIndexOf('.');
            position.Add(entry[..dot].ToString(), long.Parse(entry[(dot + 1)..], CultureInfo.InvariantCulture));
        }

        return position;
    }
}
