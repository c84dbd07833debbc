namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>One difference between two contracts.</summary>
/// <param name="IsBreaking">True if a client that was written for the old contract may fail.</param>
/// <param name="Place">The part that has changed: <c>channel 'todos', action 'create', input 'title'</c>.</param>
/// <param name="Text">The change.</param>
internal sealed record ContractChange(bool IsBreaking, string Place, string Text)
{
    public string Severity => IsBreaking ? "breaking" : "compatible";

    public override string ToString() => $"{Severity,-10}  {Place}: {Text}";
}
