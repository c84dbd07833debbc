using System.Text.Json;

using Pikku.Akka.Diagnostics;
using Pikku.Akka.Dispatch;

namespace Pikku.Akka.EventHub;

/// <summary>A handler of the callback form. A record, so that subscribing the same delegate twice is the same as once.</summary>
internal sealed record TypedHandler<T>(Func<T, ValueTask> Handler, JsonSerializerOptions Json, HubMetrics Metrics) : IEventHandler
{
    public async ValueTask HandleAsync(HubEvent hubEvent)
    {
        try
        {
            T? data;
            using (AmbientContext.Keep()) // converters are the application's, too
                data = hubEvent.As<T>(Json);
            if (data is null && !TopicType<T>.For(Json).MayBeNull)
                throw new JsonException($"An event of topic '{hubEvent.Topic}' is null and can't be read as {typeof(T)}.");
            await Handler(data!).ConfigureAwait(false);
        }
        catch
        {
            Metrics.HandlerFailed();
            throw;
        }
    }
}
