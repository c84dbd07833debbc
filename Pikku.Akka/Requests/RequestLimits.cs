using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Pikku.Akka.Requests;

/// <summary>Lifts the limits of the server that suit requests but not connections.</summary>
internal static class RequestLimits
{
    /// <summary>Lifts the minimum data rates: the outbox limits slow clients, and clients may be silent for a long time. Lifts a request timeout of the application.</summary>
    public static void Lift(HttpContext context)
    {
        if (context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } request)
            request.MinDataRate = null;
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } response)
            response.MinDataRate = null;
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
    }
}
