namespace Pikku.Akka.Functions;

/// <summary>
/// Watches how the gates of a call are asked, in order to explain the decision. Messages of clients have no witness, and the same code asks their gates.
/// </summary>
internal abstract class GateWitness
{
    /// <summary>Returns false for a permission that can't be asked, because it uses data that the witness does not have. It is then passed over.</summary>
    public abstract bool MayAsk(PermissionGate gate);

    /// <summary>Called before a gate that may take time is asked.</summary>
    public abstract void Asking(Gate gate);

    /// <summary>Called with the answer of a gate.</summary>
    public abstract void Answered(Gate gate, bool allows);

    /// <summary>Called for a gate that is not asked because the connection has kept its yes.</summary>
    public abstract void Kept(Gate gate);

    /// <summary>Called with the answer of one of the permissions that a permission combines.</summary>
    public abstract void PartAnswered(PikkuPermission part, bool allows);
}
