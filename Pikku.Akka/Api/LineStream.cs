using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Pikku.Akka.Inspection;

namespace Pikku.Akka.Api;

/// <summary>An answer of any length: one JSON object per line (NDJSON), each sent as soon as it exists. It ends with the request or when the server stops.</summary>
/// <typeparam name="T">The type of the lines.</typeparam>
/// <param name="lines">The lines. The first one has been read, so that an error before it is still answered with problem details.</param>
/// <param name="ended">Ends them.</param>
internal sealed class LineStream<T>(IAsyncEnumerator<T> lines, CancellationTokenSource ended) : IResult
{
    public const string ContentType = "application/x-ndjson";

    /// <summary>Begins an answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="lines">Creates the lines.</param>
    public static async Task<LineStream<T>> BeginAsync(HttpContext context, Func<CancellationToken, IAsyncEnumerable<T>> lines)
    {
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var enumerator = lines(ended.Token).GetAsyncEnumerator(ended.Token);
        try
        {
            await enumerator.MoveNextAsync();
            return new LineStream<T>(enumerator, ended);
        }
        catch
        {
            await enumerator.DisposeAsync();
            ended.Dispose();
            throw;
        }
    }

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = ContentType;
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no"; // proxies (nginx) would collect lines
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            do
            {
                await response.Body.WriteAsync(Encoding.UTF8.GetBytes(InspectionJson.Write(lines.Current) + "\n"), ended.Token);
                await response.Body.FlushAsync(ended.Token);
            }
            while (await lines.MoveNextAsync());
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The caller has what it wanted to see.
        }
        finally
        {
            await lines.DisposeAsync();
            ended.Dispose();
        }
    }
}
