namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>One difference between two contracts.</summary>
/// <param name="IsBreaking">True when a client that was written for the old one may fail.</param>
/// <param name="Place">Where, in words: <c>channel 'todos', action 'create', input 'title'</c>.</param>
/// <param name="Text">What has changed there.</param>
internal sealed record ContractChange(bool IsBreaking, string Place, string Text)
{
    public string Severity => IsBreaking ? "breaking" : "compatible";

    public override string ToString() => $"{Severity,-10}  {Place}: {Text}";
}
