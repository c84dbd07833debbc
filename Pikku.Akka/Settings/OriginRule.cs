namespace Pikku.Akka.Settings;

/// <summary>One entry of <c>pikku.upgrade.origins</c>: an origin, or with <c>*.</c> before its host all below that host, however deep.</summary>
/// <param name="Origin">The origin; that of the host after <c>*.</c>.</param>
/// <param name="Below">True when what is below the host is meant, and not the host itself.</param>
internal sealed record OriginRule(Uri Origin, bool Below)
{
    /// <summary>Every origin.</summary>
    public const string Any = "*";

    /// <summary>How a rule is written, for those who wrote something else.</summary>
    public const string Forms =
        "\"*\", an origin such as \"https://app.example.com\" or \"https://app.example.com:8443\", or \"https://*.example.com\" for all hosts below example.com; without a path";

    private const string Wildcard = "*.";

    // What ends a host (RFC 3986 §3.2), or is taken for that, and what separates several origins.
    private static readonly System.Buffers.SearchValues<char> NotInAuthority = System.Buffers.SearchValues.Create("/\\?#@%*, \t");

    /// <summary>Reads a rule; null when it is none. <see cref="Any"/> is no rule but the end of them.</summary>
    public static OriginRule? Parse(string text)
    {
        var host = text.IndexOf("://", StringComparison.Ordinal) + 3;
        if (host <= 3 || !text.AsSpan(host).StartsWith(Wildcard, StringComparison.Ordinal))
            return Read(text) is { } origin ? new OriginRule(origin, Below: false) : null;
        return Read(text.Remove(host, Wildcard.Length)) is { } above && MayHaveMany(above) ? new OriginRule(above, Below: true) : null;
    }

    /// <summary>Reads an origin (RFC 6454 §6.2): scheme, host and port, and nothing else; null when it is none.</summary>
    public static Uri? Read(string text)
    {
        var host = text.IndexOf("://", StringComparison.Ordinal) + 3;
        return host > 3 && host < text.Length && !text.AsSpan(host).ContainsAny(NotInAuthority) && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.Host.Length > 0
            ? uri
            : null;
    }

    /// <summary>True for an origin of this rule. Hosts are compared as they go over the network: in lower case and punycode.</summary>
    public bool Allows(Uri origin) =>
        string.Equals(origin.Scheme, Origin.Scheme, StringComparison.OrdinalIgnoreCase) && origin.Port == Origin.Port
        && (Below
            ? origin.IdnHost.EndsWith($".{Origin.IdnHost}", StringComparison.OrdinalIgnoreCase)
            : string.Equals(origin.IdnHost, Origin.IdnHost, StringComparison.OrdinalIgnoreCase));

    // Below a single label is half of the internet, and an address has nothing below it.
    private static bool MayHaveMany(Uri above) =>
        above.HostNameType is UriHostNameType.Dns or UriHostNameType.Basic
        && (above.IdnHost.Contains('.', StringComparison.Ordinal) || above.IdnHost == "localhost");
}
