namespace Pikku.Akka.Connections;

/// <summary>Tells whether this node still accepts connections. Set once, when the node begins to stop.</summary>
internal sealed class DrainState
{
    private volatile bool _draining;

    public bool IsDraining => _draining;

    public void Begin() => _draining = true;
}
