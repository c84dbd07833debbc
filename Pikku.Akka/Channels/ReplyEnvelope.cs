namespace Pikku.Akka.Channels;

/// <summary>The envelope of a payload, which is kept separately while channel middleware runs. All parts are raw JSON.</summary>
/// <param name="Key">The routing key; null for no routing key.</param>
/// <param name="Value">The value of the routing key, as received.</param>
/// <param name="Id">The id, as received; null for none.</param>
/// <param name="Enveloped">True for <c>{"action":…,"id":…,"data":…}</c>, false for the flat form.</param>
/// <param name="Topic">The topic of a hub event; null for anything else.</param>
internal sealed record ReplyEnvelope(int? Key, byte[]? Value, byte[]? Id, bool Enveloped, string? Topic)
{
    /// <summary>The name of a declared message; null for anything else.</summary>
    public string? Message { get; init; }
}
