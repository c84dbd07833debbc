namespace Pikku.Akka.Settings;

/// <summary><c>pikku.upgrade</c>: who may open a connection.</summary>
internal sealed record UpgradeSettings
{
    public required IReadOnlyList<string> Origins { get; init; }

    public required bool QueryToken { get; init; }

    public required bool SubprotocolToken { get; init; }

    public static UpgradeSettings Read(StrictReader reader) => new()
    {
        Origins = reader.List("pikku.upgrade.origins", "\"*\" or an origin such as \"https://app.example.com\", without a path", IsOrigin),
        QueryToken = reader.Switch("pikku.upgrade.query-token"),
        SubprotocolToken = reader.Switch("pikku.upgrade.subprotocol-token"),
    };

    // RFC 6454 §6.2: scheme, host and port only. What a browser sends is compared with it as text, so anything else would never match.
    private static bool IsOrigin(string text)
    {
        if (text == "*")
            return true;
        var host = text.IndexOf("://", StringComparison.Ordinal) + 3;
        return host > 3 && text.IndexOfAny(['/', '?', '#', '*', '@'], host) < 0 && Uri.TryCreate(text, UriKind.Absolute, out _);
    }
}
