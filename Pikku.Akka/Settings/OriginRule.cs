namespace Pikku.Akka.Settings;

/// <summary>One entry of <c>pikku.upgrade.origins</c>: an origin, or with <c>*.</c> before its host all subdomains of that host at any depth.</summary>
/// <param name="Origin">The origin; for a wildcard, the origin of the host after <c>*.</c>.</param>
/// <param name="MatchesSubdomains">True for a wildcard, which matches the subdomains but not the host itself.</param>
internal sealed record OriginRule(Uri Origin, bool MatchesSubdomains)
{
    /// <summary>Every origin.</summary>
    public const string Any = "*";

    /// <summary>The legal forms, for the error message.</summary>
    public const string Forms =
        "\"*\", an origin such as \"https://app.example.com\" or \"https://app.example.com:8443\", or \"https://*.example.com\" for all subdomains of example.com; without a path";

    private const string Wildcard = "*.";

    // The characters that end a host (RFC 3986 §3.2) or look as if they did, and those that separate several origins.
    private static readonly System.Buffers.SearchValues<char> NotInAuthority = System.Buffers.SearchValues.Create("/\\?#@%*, \t");

    /// <summary>Parses a rule; null when the text is not a rule. <see cref="Any"/> is not a rule: it makes rules unnecessary.</summary>
    public static OriginRule? Parse(string text)
    {
        var host = text.IndexOf("://", StringComparison.Ordinal) + 3;
        if (host <= 3 || !text.AsSpan(host).StartsWith(Wildcard, StringComparison.Ordinal))
            return Read(text) is { } origin ? new OriginRule(origin, MatchesSubdomains: false) : null;
        return Read(text.Remove(host, Wildcard.Length)) is { } above && CanHaveSubdomains(above) ? new OriginRule(above, MatchesSubdomains: true) : null;
    }

    /// <summary>Parses an origin (RFC 6454 §6.2) with scheme, host and port and nothing else; null when the text is not an origin.</summary>
    public static Uri? Read(string text)
    {
        var host = text.IndexOf("://", StringComparison.Ordinal) + 3;
        return host > 3 && host < text.Length && !text.AsSpan(host).ContainsAny(NotInAuthority) && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.Host.Length > 0
            ? uri
            : null;
    }

    /// <summary>True when the rule matches the origin. Hosts are compared in the form that goes over the network: lower case and punycode.</summary>
    public bool Allows(Uri origin) =>
        string.Equals(origin.Scheme, Origin.Scheme, StringComparison.OrdinalIgnoreCase) && origin.Port == Origin.Port
        && (MatchesSubdomains
            ? origin.IdnHost.EndsWith($".{Origin.IdnHost}", StringComparison.OrdinalIgnoreCase)
            : string.Equals(origin.IdnHost, Origin.IdnHost, StringComparison.OrdinalIgnoreCase));

    // A single label has subdomains of unrelated owners (all of .com), and an address has no subdomains.
    private static bool CanHaveSubdomains(Uri above) =>
        above.HostNameType is UriHostNameType.Dns or UriHostNameType.Basic
        && (above.IdnHost.Contains('.', StringComparison.Ordinal) || above.IdnHost == "localhost");
}
