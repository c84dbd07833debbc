using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Pikku.Akka.Hosting;

/// <summary>Makes the contexts of requests. The first of all that sees a request, before the server logs it.</summary>
/// <param name="inner">Makes them otherwise.</param>
internal sealed class QueryTokenContextFactory(IHttpContextFactory inner) : IHttpContextFactory
{
    public HttpContext Create(IFeatureCollection featureCollection)
    {
        QueryTokens.Hide(featureCollection);
        return inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => inner.Dispose(httpContext);
}
