using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Pikku.Akka.AsyncApi;
using Pikku.Akka.Hosting;

namespace Pikku.Akka.Endpoints;

/// <summary>The document for whoever asks, with the address under which it was asked for as its server.</summary>
internal sealed class AsyncApiPage(ContractSource source)
{
    // The last one: nearly always the same host asks. Any more would be filled by whoever makes hosts up.
    private Page? _last;

    public async Task WriteAsync(HttpContext context)
    {
        if (await LocalRequests.RefuseAsync(context))
            return;

        var page = PageFor(context.Request);
        var headers = context.Response.GetTypedHeaders();
        headers.ETag = page.Tag;
        // It changes with the application: ask each time, which the tag makes cheap.
        headers.CacheControl = new CacheControlHeaderValue { NoCache = true };
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Compare(page.Tag, useStrongComparison: false) || known == EntityTagHeaderValue.Any))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = page.Body.Length;
        await context.Response.Body.WriteAsync(page.Body, context.RequestAborted);
    }

    private Page PageFor(HttpRequest request)
    {
        var server = request.Host.HasValue ? new AsyncApiServer(request.Host.Value, request.IsHttps, request.PathBase.Value ?? "") : null;
        if (_last is { } last && last.Server == server)
            return last;
        var body = Encoding.UTF8.GetBytes(source.AsyncApi(ContractSource.Info with { Server = server }));
        return _last = new Page(server, body, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body)[..16])}\""));
    }

    private sealed record Page(AsyncApiServer? Server, byte[] Body, EntityTagHeaderValue Tag);
}
