using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>A subscription with a callback, which decides what the client receives.</summary>
public static class CallbackChannel
{
    private static readonly Topic<JsonElement> TodosUpdated = new("todos:updated");

    public static PikkuBuilder WireCallback(this PikkuBuilder pikku) => pikku.WireChannel("callback", channel => channel
        .Auth(false)
        .Sends<JsonObject>()
        .OnConnect((Wire wire) =>
        {
            // Handlers of one connection run one at a time, so the counter needs no synchronization.
            var seen = 0;
            var channel = wire.Channel;
            return wire.EventHub.Subscribe(TodosUpdated, update =>
            {
                var message = JsonObject.Create(update) ?? [];
                message["seen"] = ++seen;
                channel.Send(message);
                return default;
            });
        }));
}
