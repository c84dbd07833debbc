using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>A subscription with a callback, which decides what the client receives.</summary>
public static class CallbackChannel
{
    private static readonly Topic<JsonElement> TodosUpdated = new("todos:updated");

    public static PikkuBuilder WireCallback(this PikkuBuilder pikku) => pikku.WireChannel("callback", channel => channel
        .AllowAnonymous()
        .AddClientMessage<JsonObject>()
        .OnConnect((PikkuContext context) =>
        {
            // Handlers of one connection run one at a time, so the counter needs no synchronization.
            var seen = 0;
            var channel = context.Channel;
            return context.EventHub.SubscribeAsync(TodosUpdated, update =>
            {
                var message = JsonObject.Create(update) ?? [];
                message["seen"] = ++seen;
                channel.TrySend(message);
                return default;
            });
        }));
}
