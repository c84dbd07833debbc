using System.Globalization;

namespace Pikku.Akka.WebSockets;

/// <summary>An offer of a client to compress messages (RFC 7692 §7.1) that the server can accept.</summary>
/// <param name="ServerWindowBits">The window of the client, as a power of two, which messages to it must not exceed; null when the client names none.</param>
/// <param name="ClientWindowBits">The window with which the client compresses; null when the client names none.</param>
internal readonly record struct DeflateOffer(int? ServerWindowBits, int? ClientWindowBits)
{
    /// <summary>The name of the extension.</summary>
    public const string Extension = "permessage-deflate";

    /// <summary>The largest window, as a power of two, and the one without negotiation.</summary>
    public const int LargestWindow = 15;

    /// <summary>The smallest window, as a power of two.</summary>
    public const int SmallestWindow = 8;

    private const string ServerNoContext = "server_no_context_takeover";
    private const string ClientNoContext = "client_no_context_takeover";
    private const string ServerWindow = "server_max_window_bits";
    private const string ClientWindow = "client_max_window_bits";

    /// <summary>
    /// The response that accepts this offer. The server never uses earlier messages, which is always allowed (§7.1.1.1), and demands the same from the client
    /// (§7.1.1.2). The server has the largest window for the messages of the client, so it does not limit theirs. But it repeats a window that the client has named:
    /// the client of .NET reads a response without one as a demand for the largest window, which it has not offered, and fails the connection.
    /// </summary>
    public string Response => string.Concat(
        $"{Extension}; {ServerNoContext}; {ClientNoContext}", Parameter(ServerWindow, ServerWindowBits), Parameter(ClientWindow, ClientWindowBits));

    /// <summary>Reads an offer. §7.1: an offer with an unknown, repeated or invalid parameter is declined.</summary>
    /// <returns>Null when the offer is of another extension or is declined.</returns>
    public static DeflateOffer? Read(ExtensionOffer offer)
    {
        if (!offer.Name.Equals(Extension, StringComparison.OrdinalIgnoreCase)
            || offer.Parameters.DistinctBy(parameter => parameter.Name, StringComparer.OrdinalIgnoreCase).Count() != offer.Parameters.Count)
            return null;
        int? serverWindow = null, clientWindow = null;
        foreach (var (name, value) in offer.Parameters)
        {
            var isValid = name.ToLowerInvariant() switch
            {
                ServerNoContext or ClientNoContext => value is null,
                ServerWindow => (serverWindow = WindowOf(value)) is not null,
                ClientWindow => value is null || (clientWindow = WindowOf(value)) is not null,
                _ => false,
            };
            if (!isValid)
                return null;
        }

        return new DeflateOffer(serverWindow, clientWindow);
    }

    private static string Parameter(string name, int? bits) => bits is null ? "" : string.Create(CultureInfo.InvariantCulture, $"; {name}={bits}");

    // §7.1.2: a decimal number from 8 to 15 without leading zeros.
    private static int? WindowOf(string? value) => value is "8" or "9" or "10" or "11" or "12" or "13" or "14" or "15" ? int.Parse(value, CultureInfo.InvariantCulture) : null;
}
