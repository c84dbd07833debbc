using System.Text.Json;

using Pikku.Akka.Diagnostics;

namespace Pikku.Akka.EventHub;

/// <summary>An event handler of the application. It is a record, so that subscribing the same delegate twice creates one subscription.</summary>
internal sealed record TypedHandler<T>(Func<T, ValueTask> Handler, JsonSerializerOptions Json, HubMetrics Metrics, TopicSpans Spans) : IEventHandler
{
    public async ValueTask HandleAsync(HubEvent hubEvent)
    {
        try
        {
            await Handler(hubEvent.Read<T>(Json)).ConfigureAwait(false);
        }
        catch
        {
            Metrics.HandlerFailed();
            throw;
        }
    }
}
