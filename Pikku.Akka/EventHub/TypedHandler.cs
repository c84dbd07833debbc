using System.Text.Json;

using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.EventHub;

/// <summary>An event handler of the application. It is a record, so that subscribing the same delegate twice creates one subscription.</summary>
internal sealed record TypedHandler<T>(Func<T, ValueTask> Handler, JsonSerializerOptions Json, HubMetrics Metrics) : IEventHandler
{
    public async ValueTask HandleAsync(HubEvent hubEvent)
    {
        try
        {
            T? data;
            using (AmbientContext.Keep()) // converters are code of the application as well
                data = hubEvent.As<T>(Json);
            if (data is null && !TopicType<T>.For(Json).MayBeNull)
                throw new JsonException($"An event of topic '{hubEvent.Topic}' is null, which is not a valid {typeof(T)}.");
            await Handler(data!).ConfigureAwait(false);
        }
        catch
        {
            Metrics.HandlerFailed();
            throw;
        }
    }
}
