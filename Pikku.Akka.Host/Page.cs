using Microsoft.Net.Http.Headers;

namespace Pikku.Akka.Host;

/// <summary>The page in <c>wwwroot</c>.</summary>
internal static class Page
{
    /// <summary>Serves the page. A channel has the same address; requests for it are passed on.</summary>
    public static void UsePage(this WebApplication app) =>
        app.UseWhen(context => !IsForChannel(context.Request.Headers), page =>
        {
            page.UseDefaultFiles();
            page.UseStaticFiles(new StaticFileOptions
            {
                // The files change together and have no version in their names, so browsers must revalidate them; the
                // ETag keeps that cheap.
                OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
            });
        });

    // A browser never loads a page with Authorization. The client sends this header with the request by which it learns why its token was
    // refused, which the page must not answer in place of the channel.
    private static bool IsForChannel(IHeaderDictionary headers) =>
        headers.ContainsKey(HeaderNames.Upgrade) || headers.ContainsKey(HeaderNames.Authorization);
}
