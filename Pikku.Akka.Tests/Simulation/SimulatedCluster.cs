namespace Pikku.Akka.Tests.Simulation;

/// <summary>
/// One run: nodes with the real lanes, clients that move between them, and everything that can happen to them, on virtual time. The seed draws all of it, so a run
/// replays exactly.
/// </summary>
internal sealed class SimulatedCluster
{
    private int _nodes;
    private int _requests;

    public SimulatedCluster(RunOptions options)
    {
        Options = options;
        Tracer = new Tracer(Scheduler, options.IsTraced);
        Mutator = new Mutator(this, options.Mutation);
        Judge = new Judge(this);
        Network = new Network(this, options.Random(1));
        Membership = new Membership(this, options.Random(2));
        Load = new Load(this, options.Random(3));
        var random = options.Random(4);
        IsCrowded = random.Chance(.15);
        EntriesExpire = random.Chance(.15);
        HasLogins = options.Random(6).Chance(.3);
        var first = random.Pick([1, 3, 3, 3, 4]);
        for (var address = 0; address < first; address++)
            Membership.Join(address);
        Clients = [.. Enumerable.Range(0, Scale.Clients).Select(id => new SimulatedClient(this, id, random.Pick([.. Scale.Topics, Scale.Keyed, IsCrowded ? Scale.Crowd[0] : "a"])))];
        Load.Start(isTailLong: random.Chance(.5));
        Faults = new FaultSchedule(this, options.Random(5));
    }

    public RunOptions Options { get; }

    /// <summary>True for a run with more topics than a node remembers.</summary>
    public bool IsCrowded { get; }

    /// <summary>True for a run whose entries have a lifetime.</summary>
    public bool EntriesExpire { get; }

    /// <summary>True for a run with a store of sessions, in which users log in and out.</summary>
    public bool HasLogins { get; }

    public Scheduler Scheduler { get; } = new();

    public Tracer Tracer { get; }

    public Statistics Statistics { get; } = new();

    public Mutator Mutator { get; }

    public Judge Judge { get; }

    public Network Network { get; }

    public Membership Membership { get; }

    public Load Load { get; }

    public FaultSchedule Faults { get; }

    /// <summary>All lives, those that have ended too.</summary>
    public List<SimulatedNode> Nodes { get; } = [];

    public IReadOnlyList<SimulatedClient> Clients { get; }

    public List<Connection> Connections { get; } = [];

    /// <summary>Runs to the end.</summary>
    /// <exception cref="Violation">A rule is broken.</exception>
    public void Run()
    {
        Scheduler.RunUntil(Scale.End);
        Judge.CheckEnd();
    }

    public SimulatedNode AddNode(int address)
    {
        var node = new SimulatedNode(this, ++_nodes, address);
        Nodes.Add(node);
        return node;
    }

    /// <summary>The life with an id.</summary>
    public SimulatedNode Find(int id) => Nodes[id - 1];

    public int NextRequest() => ++_requests;
}
