using System.Text.Json.Nodes;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>Channel middleware that changes, drops and duplicates sent messages as their payload asks.</summary>
internal static class SentEvents
{
    /// <summary>Adds a time to objects; drops or duplicates those that ask for it.</summary>
    public static ValueTask Stamp(IServiceProvider services, OutboundMessage e, OutboundNext next)
    {
        if (e.Json is not JsonObject json)
            return next(e);
        if (json["fan"] is JsonArray items)
            return FanOut(e, items, next);
        if (TextOf(json, "drop") is { } how)
            return how == "silent" ? default : next(null);

        json["sentAt"] = "T";
        return next(e.WithPayload(json));
    }

    /// <summary>Converts <c>up</c> to upper case; throws if the payload asks for it.</summary>
    public static ValueTask Upper(IServiceProvider services, OutboundMessage e, OutboundNext next)
    {
        if (e.Json is not JsonObject json)
            return next(e);
        if (json.ContainsKey("throw"))
            throw new InvalidOperationException("asked to throw");
        if (TextOf(json, "up") is not { } up)
            return next(e);

        json["up"] = up.ToUpperInvariant();
        return next(e.WithPayload(json));
    }

    private static async ValueTask FanOut(OutboundMessage e, JsonArray items, OutboundNext next)
    {
        foreach (var item in items)
            await next(e.WithPayload(new JsonObject { ["x"] = item?.DeepClone() }));
    }

    private static string? TextOf(JsonObject json, string name) =>
        json[name] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
}
