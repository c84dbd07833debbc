namespace Pikku.Akka.Protocol;

/// <summary>The names of subprotocols that clients offer, for the upgrade and for the documents about it.</summary>
internal static class SubprotocolNames
{
    /// <summary>The subprotocol in which every message is enveloped.</summary>
    public const string Enveloped = "pikku.v1";

    /// <summary>The prefix of a token that is a valid subprotocol without encoding (RFC 9110 §5.6.2).</summary>
    public const string PlainToken = "pikku.bearer.";

    /// <summary>The prefix of a token that is encoded as base64url of its UTF-8 bytes, without padding (RFC 4648 §5).</summary>
    public const string EncodedToken = "pikku.bearer64.";
}
