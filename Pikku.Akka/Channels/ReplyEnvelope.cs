using Pikku.Akka.EventHub;
using Pikku.Akka.Protocol;

namespace Pikku.Akka.Channels;

/// <summary>The envelope of a payload, which is kept separately while channel middleware or a stream runs. All parts are raw JSON.</summary>
/// <param name="Key">The routing key; null for no routing key.</param>
/// <param name="Value">The value of the routing key, as received.</param>
/// <param name="Id">The id, as received; null for none.</param>
/// <param name="Enveloped">True for <c>{"action":…,"id":…,"data":…}</c>, false for the flat form.</param>
/// <param name="Topic">The topic of a hub event; null for anything else.</param>
internal sealed record ReplyEnvelope(int? Key, byte[]? Value, byte[]? Id, bool Enveloped, string? Topic)
{
    /// <summary>The name of a declared message; null for anything else.</summary>
    public string? Message { get; init; }

    /// <summary>The event whose number the payload carries, for a client that keeps positions; null for none.</summary>
    public HubEvent? Numbered { get; init; }

    /// <summary>True when the payload is an item of a stream.</summary>
    public bool IsItem { get; init; }

    /// <summary>The parts of the reply other than the payload.</summary>
    public ReplyHead ToHead(RoutingTable routes) => new()
    {
        Key = Key is { } key ? routes.Utf8KeyOf(key) : default,
        JsonKey = Key is { } jsonKey ? routes.JsonKeyOf(jsonKey) : default,
        Value = Key is null ? default : Value,
        Id = Id,
        Enveloped = Enveloped,
    };
}
