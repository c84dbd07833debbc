using System.Text.Json;

using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.EventHub;

/// <summary>A handler of the callback form. A record, so that subscribing the same delegate twice is the same as once.</summary>
internal sealed record TypedHandler<T>(Func<T, ValueTask> Handler, JsonSerializerOptions Json, HubMetrics Metrics) : IEventHandler
{
    public async ValueTask HandleAsync(HubEvent hubEvent)
    {
        try
        {
            await Handler(hubEvent.As<T>(Json)!);
        }
        catch
        {
            Metrics.HandlerFailed();
            throw;
        }
    }
}
