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

    // A browser loads files without a bearer token. The client sends one with the request by which it learns why the channel has refused the
    // token, so a file must not answer that request.
    private static bool IsForChannel(IHeaderDictionary headers) =>
        headers.ContainsKey(HeaderNames.Upgrade) || headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
}
