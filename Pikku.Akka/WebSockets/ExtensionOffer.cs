using System.Buffers;

namespace Pikku.Akka.WebSockets;

/// <summary>One extension that a client offers in <c>Sec-WebSocket-Extensions</c> (RFC 6455 §9.1).</summary>
/// <param name="Name">The name of the extension.</param>
/// <param name="Parameters">Its parameters in order; the value is null where there is none.</param>
internal sealed record ExtensionOffer(string Name, IReadOnlyList<(string Name, string? Value)> Parameters)
{
    // RFC 9110 §5.6.2
    private static readonly SearchValues<char> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>Reads the header.</summary>
    /// <param name="lines">The lines of the header.</param>
    /// <returns>The offers in the order of the client's preference; null when the header does not conform to the grammar.</returns>
    public static IReadOnlyList<ExtensionOffer>? Read(IEnumerable<string?> lines)
    {
        var offers = new List<ExtensionOffer>();
        foreach (var line in lines)
        {
            ReadOnlySpan<char> rest = line ?? "";
            do
            {
                rest = rest.TrimStart(" \t");
                if (rest.IsEmpty || rest[0] == ',')
                    continue; // RFC 9110 §5.6.1.2: empty elements of a list are ignored
                if (!TryReadOffer(ref rest, out var offer))
                    return null;
                offers.Add(offer);
            }
            while (TrySkip(ref rest, ','));
            if (!rest.IsEmpty)
                return null;
        }

        return offers;
    }

    private static bool TryReadOffer(ref ReadOnlySpan<char> rest, out ExtensionOffer offer)
    {
        var parameters = new List<(string, string?)>();
        offer = new ExtensionOffer("", parameters);
        if (!TryReadToken(ref rest, out var name))
            return false;
        while (TrySkip(ref rest, ';'))
        {
            if (!TryReadToken(ref rest, out var parameter))
                return false;
            string? value = null;
            if (TrySkip(ref rest, '=') && !TryReadValue(ref rest, out value))
                return false;
            parameters.Add((parameter, value));
        }

        offer = offer with { Name = name };
        return true;
    }

    private static bool TryReadValue(ref ReadOnlySpan<char> rest, out string? value)
    {
        if (!TrySkip(ref rest, '"'))
            return TryReadToken(ref rest, out value!);
        // §9.1: the value in quotes must be a token as well, so it has no escapes to resolve but those of single characters.
        var text = new List<char>();
        value = null;
        while (!rest.IsEmpty && rest[0] != '"')
        {
            if (rest[0] == '\\')
                rest = rest[1..];
            if (rest.IsEmpty || !s_token.Contains(rest[0]))
                return false;
            text.Add(rest[0]);
            rest = rest[1..];
        }

        value = string.Concat(text);
        return value.Length > 0 && TrySkip(ref rest, '"');
    }

    private static bool TryReadToken(ref ReadOnlySpan<char> rest, out string token)
    {
        rest = rest.TrimStart(" \t");
        var end = rest.IndexOfAnyExcept(s_token);
        token = (end < 0 ? rest : rest[..end]).ToString();
        rest = rest[token.Length..];
        return token.Length > 0;
    }

    private static bool TrySkip(ref ReadOnlySpan<char> rest, char separator)
    {
        rest = rest.TrimStart(" \t");
        if (rest.IsEmpty || rest[0] != separator)
            return false;
        rest = rest[1..];
        return true;
    }
}
