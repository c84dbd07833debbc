using Microsoft.Net.Http.Headers;

namespace Pikku.Akka.Host;

/// <summary>The page in <c>wwwroot</c>.</summary>
internal static class Page
{
    /// <summary>Serves the page. A channel has the same address; WebSocket upgrades are passed on to it.</summary>
    public static void UsePage(this WebApplication app) =>
        app.UseWhen(context => !context.Request.Headers.ContainsKey(HeaderNames.Upgrade), page =>
        {
            page.UseDefaultFiles();
            page.UseStaticFiles(new StaticFileOptions
            {
                // The files change together and have no version in their names, so browsers must revalidate them; the
                // ETag keeps that cheap.
                OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
            });
        });
}
