namespace Pikku.Clients;

/// <summary>Like the types of the contract: its members are found by reflection alone.</summary>
internal sealed record PikkuProbe
{
    public string? Text { get; init; }
}
