namespace Pikku.Akka.Settings;

/// <summary><c>pikku.upgrade</c>: who may open a connection.</summary>
internal sealed record UpgradeSettings
{
    public required IReadOnlyList<string> Origins { get; init; }

    /// <summary>The listed origins except <see cref="OriginRule.Any"/>.</summary>
    internal IReadOnlyList<OriginRule> OriginRules => field ??= [.. Origins.Select(OriginRule.Parse).OfType<OriginRule>()];

    public required bool QueryToken { get; init; }

    public required bool SubprotocolToken { get; init; }

    public static UpgradeSettings Read(StrictReader reader) => new()
    {
        Origins = reader.List("pikku.upgrade.origins", OriginRule.Forms, text => text == OriginRule.Any || OriginRule.Parse(text) is not null),
        QueryToken = reader.Switch("pikku.upgrade.query-token"),
        SubprotocolToken = reader.Switch("pikku.upgrade.subprotocol-token"),
    };
}
