using System.Text.Json;
using System.Text.Json.Nodes;
using Pikku.Akka;

namespace Conformance.Channels;

/// <summary>A subscription by callback: the handler decides what the client gets.</summary>
public static class CallbackChannel
{
    private static readonly Topic<JsonElement> TodosUpdated = new("todos:updated");

    public static PikkuBuilder WireCallback(this PikkuBuilder pikku) => pikku.WireChannel("callback", channel => channel
        .Auth(false)
        .Sends<JsonObject>()
        .OnConnect((Wire wire) =>
        {
            // One handler runs at a time for each connection, so that a plain variable can count.
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
