namespace Pikku.Clients;

/// <summary>A type whose members are found only by reflection, like those of the contract's types.</summary>
internal sealed record PikkuProbe
{
    public string? Text { get; init; }
}
