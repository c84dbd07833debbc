namespace Pikku.Akka.Functions;

/// <summary>One thing that a call or a subscription has to pass.</summary>
/// <param name="kind">What it asks.</param>
/// <param name="place">Where it is wired.</param>
/// <param name="name">What it requires, for people.</param>
internal abstract class Gate(GateKind kind, GatePlace place, string name)
{
    public GateKind Kind => kind;

    public GatePlace Place => place;

    public string Name => name;
}
