namespace Pikku.Akka.AsyncApi.Diff;

/// <summary>Collects differences. Each appears once, in the order in which it was found.</summary>
internal sealed class ContractChanges
{
    private readonly List<ContractChange> _all = [];

    public IReadOnlyList<ContractChange> All => [.. _all.Distinct()];

    public void Breaking(string place, string text) => _all.Add(new ContractChange(true, place, text));

    public void Compatible(string place, string text) => _all.Add(new ContractChange(false, place, text));
}
