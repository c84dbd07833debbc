using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>Creates the contexts of requests. It is the first code that sees a request, before the server logs it.</summary>
/// <param name="inner">The factory that the application would use otherwise.</param>
/// <param name="settings">Decides whether tokens are masked (<c>pikku.upgrade.mask-query-token</c>).</param>
internal sealed class QueryTokenContextFactory(IHttpContextFactory inner, UpgradeSettings settings) : IHttpContextFactory
{
    public HttpContext Create(IFeatureCollection featureCollection)
    {
        if (settings.MaskQueryToken)
            QueryTokens.Hide(featureCollection);
        return inner.Create(featureCollection);
    }

    public void Dispose(HttpContext httpContext) => inner.Dispose(httpContext);
}
