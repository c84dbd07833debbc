namespace Pikku.Akka.Connections;

/// <summary>Whether this node still takes connections. Set once, when it begins to go away.</summary>
internal sealed class DrainState
{
    private volatile bool _draining;

    public bool IsDraining => _draining;

    public void Begin() => _draining = true;
}
