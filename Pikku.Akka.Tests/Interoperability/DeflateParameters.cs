namespace Pikku.Akka.Tests.Interoperability;

/// <summary>The parameters of an offer of permessage-deflate (RFC 7692 §7.1).</summary>
/// <param name="ServerNoContext"><c>server_no_context_takeover</c>.</param>
/// <param name="ClientNoContext"><c>client_no_context_takeover</c>.</param>
/// <param name="ServerBits"><c>server_max_window_bits</c>; null without it.</param>
/// <param name="ClientBits"><c>client_max_window_bits</c>; null without it, <see cref="WithoutValue"/> for the name alone, which browsers send.</param>
internal sealed record DeflateParameters(bool ServerNoContext = false, bool ClientNoContext = false, int? ServerBits = null, int? ClientBits = DeflateParameters.WithoutValue)
{
    public const int WithoutValue = 0;

    /// <summary>All combinations with these windows.</summary>
    public static IEnumerable<DeflateParameters> All(int?[] serverBits, int?[] clientBits) =>
        from serverNoContext in (bool[])[false, true]
        from clientNoContext in (bool[])[false, true]
        from server in serverBits
        from client in clientBits
        select new DeflateParameters(serverNoContext, clientNoContext, server, client);

    /// <summary>The header of this offer.</summary>
    public string Header => string.Concat(
        "permessage-deflate",
        ServerNoContext ? "; server_no_context_takeover" : "",
        ClientNoContext ? "; client_no_context_takeover" : "",
        ServerBits is null ? "" : $"; server_max_window_bits={ServerBits}",
        ClientBits switch { null => "", WithoutValue => "; client_max_window_bits", var bits => $"; client_max_window_bits={bits}" });
}
