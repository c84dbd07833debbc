using Pikku.Akka.Replication;

namespace Pikku.Akka.Tests.Simulation;

/// <summary>
/// What users do with their stored sessions, on any node: they log in, they change the session for some time after that, and they log out, which clears the session for all of
/// their logins. A session may be changed on another node than that of its login, where the function was placed.
/// </summary>
internal sealed class SessionLoad(SimulatedCluster cluster, Random random)
{
    private readonly List<Login> _logins = [];

    /// <summary>Makes one of the writes on a node.</summary>
    public void Publish(SimulatedNode node)
    {
        _logins.RemoveAll(login => cluster.Scheduler.Seconds - login.At > Scale.LoginTime);
        var choice = random.NextDouble();
        if (choice < .2)
            LogOut(node, random.Pick(Scale.Users));
        else if (choice < .6)
            LogIn(node, random.Pick(Scale.Users));
        else if (_logins.Count > 0)
            Update(node, random.Pick(_logins));
    }

    /// <summary>Begins what the rare user does.</summary>
    public void Start() => cluster.Scheduler.After(random.Uniform(20, 60), LogOutRarely);

    private static Stamp KnownTo(SimulatedNode node, string user) => node.Lane.History.Find(Scale.Store)?.Entries?.GetValueOrDefault(user)?.Base ?? default;

    private void LogOutRarely()
    {
        OnAnyNode(node => LogOut(node, Scale.RareUser));
        var isForgotten = Scale.ClosedFor + random.Uniform(-1, 3);
        cluster.Scheduler.After(isForgotten, () => OnAnyNode(node => LogIn(node, Scale.RareUser)));
        if (cluster.Scheduler.Seconds + (2 * isForgotten) < Scale.PublishEnd)
            cluster.Scheduler.After(isForgotten + random.Uniform(1, 10), LogOutRarely);
    }

    private void OnAnyNode(Action<SimulatedNode> action)
    {
        var ready = cluster.Nodes.Where(static node => node.IsReady && !node.IsPaused).ToList();
        if (ready.Count == 0)
            return;
        var node = random.Pick(ready);
        node.Run(() => action(node));
    }

    private void LogOut(SimulatedNode node, string user) =>
        Write(node, new KeyedWrite(user, null, null) { Base = KnownTo(node, user), IsClear = !cluster.Mutator.Is(Mutation.NoFence) }, default);

    private void LogIn(SimulatedNode node, string user)
    {
        var known = KnownTo(node, user);
        var login = new Login(user, known, cluster.Judge.ClearKnownTo(node, user), cluster.Scheduler.Seconds);
        _logins.Add(login);
        Store(node, login, known);
    }

    private void Update(SimulatedNode node, Login login)
    {
        var known = KnownTo(node, login.User);
        // The store refuses an update that does not know the last clear.
        if (cluster.Mutator.FenceOf(login.Fence, known) >= known)
            Store(node, login, known);
    }

    private void Store(SimulatedNode node, Login login, Stamp known) => Write(
        node, new KeyedWrite(login.User, SimulatedValue.Write(cluster.Load.LastUid + 1), null) { Base = cluster.Mutator.FenceOf(login.Fence, known) }, login.KnownClear);

    private void Write(SimulatedNode node, KeyedWrite write, Stamp knownClear)
    {
        var content = cluster.Load.Create(node, Scale.Store, null, SimulatedEvent.UsualSize, write, isReplicated: false);
        content.KnownClear = knownClear;
        node.Publish(content);
    }

    /// <param name="User">The user.</param>
    /// <param name="Fence">The last clear that the login knew, by what its node says.</param>
    /// <param name="KnownClear">The same, by what the judge knows.</param>
    /// <param name="At">When it was, in seconds.</param>
    private sealed record Login(string User, Stamp Fence, Stamp KnownClear, double At);
}
