using System.Text.Json.Nodes;

namespace Pikku.Akka.Host.Chat;

/// <summary>Channel middleware that processes every message to a client of the chat.</summary>
internal static partial class ChatEvents
{
    /// <summary>Adds <c>sentAt</c>, in milliseconds since 1970.</summary>
    public static ValueTask AddTimestamp(IServiceProvider services, OutboundMessage e, OutboundNext next)
    {
        BeforeSend(services.GetRequiredService<ILogger<ChatStore>>(), e.Kind, e.Source);
        if (e.Json is not JsonObject payload)
            return next(e);

        payload["sentAt"] = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        return next(e.WithPayload(payload));
    }

    /// <summary>Drops messages that contain <c>"internal": true</c>.</summary>
    public static ValueTask FilterSensitive(IServiceProvider services, OutboundMessage e, OutboundNext next) =>
        next(e.Json is JsonObject payload && payload["internal"] is JsonValue mark && mark.TryGetValue(out bool isInternal) && isInternal ? null : e);

    [LoggerMessage(1, LogLevel.Debug, "Before send: {Kind} {Source}")]
    private static partial void BeforeSend(ILogger logger, OutboundMessageKind kind, string? source);
}
