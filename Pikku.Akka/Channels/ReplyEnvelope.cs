namespace Pikku.Akka.Channels;

/// <summary>What wraps a payload, kept beside it while channel middleware runs. All parts are JSON as it is written.</summary>
/// <param name="Key">The routing key; null for no routing key.</param>
/// <param name="Value">The value of the routing key, as it came.</param>
/// <param name="Id">The id, as it came; null for none.</param>
/// <param name="Enveloped">True for <c>{"action":…,"id":…,"data":…}</c>, false for the flat form.</param>
/// <param name="Topic">The topic of a hub event; null for anything else.</param>
internal sealed record ReplyEnvelope(int? Key, byte[]? Value, byte[]? Id, bool Enveloped, string? Topic);
