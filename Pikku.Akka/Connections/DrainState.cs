namespace Pikku.Akka.Connections;

/// <summary>Tells whether this node still accepts connections. Set once, when the node begins to stop.</summary>
internal sealed class DrainState
{
    private volatile bool _draining;

    public bool IsDraining => _draining;

    public void Begin() => _draining = true;

    /// <summary>Drains the node, in the background; set when the node starts.</summary>
    public Action? Starter { get; set; }

    /// <summary>Asks for the drain because of an operator. A node that has not started has no connections.</summary>
    public void Request() => Starter?.Invoke();
}
