namespace Pikku.Akka.Settings;

/// <summary><c>pikku.upgrade</c>: who may open a connection.</summary>
internal sealed record UpgradeSettings
{
    public required IReadOnlyList<string> Origins { get; init; }

    public required bool QueryToken { get; init; }

    public required bool SubprotocolToken { get; init; }
}
