using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Pikku.Akka.Settings;

namespace Pikku.Akka.Hosting;

/// <summary>Creates the contexts of requests. It sees a request before anything else does, and before the server logs it.</summary>
/// <param name="inner">The factory that the application has otherwise.</param>
/// <param name="settings">Whether tokens are masked (<c>pikku.upgrade.mask-query-token</c>).</param>
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
