using Microsoft.Net.Http.Headers;

namespace Pikku.Akka.Host;

/// <summary>The page in <c>wwwroot</c>.</summary>
internal static class Page
{
    /// <summary>Serves the page. A channel lives at its address as well: upgrades pass by.</summary>
    public static void UsePage(this WebApplication app) =>
        app.UseWhen(context => !context.Request.Headers.ContainsKey(HeaderNames.Upgrade), page =>
        {
            page.UseDefaultFiles();
            page.UseStaticFiles(new StaticFileOptions
            {
                // Its files change together and have no version in their names, so that browsers must ask (the ETag makes it cheap).
                OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
            });
        });
}
