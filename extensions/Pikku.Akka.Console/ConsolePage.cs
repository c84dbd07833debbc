using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Pikku.Akka.OperatorConsole;

/// <summary>The page of the console and its files, which are in the assembly.</summary>
internal static class ConsolePage
{
    // The page loads its own files alone, connects to its own host alone, and the DOM takes no texts as markup.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private const string Index = "index.html";
    private const string Prefix = "Pikku.Akka.Console/";

    private static readonly Lazy<FrozenDictionary<string, PageFile>> s_files = new(ReadFiles);

    /// <summary>The names of the files.</summary>
    public static IEnumerable<string> Files => s_files.Value.Keys;

    /// <summary>Writes the page. Its files are relative to it, so its address has to end with a slash.</summary>
    public static async Task WriteIndexAsync(HttpContext context)
    {
        if (await ConsoleGuard.RefuseAsync(context))
            return;
        var path = context.Request.Path.Value ?? "";
        if (path.EndsWith('/'))
            await WriteAsync(context, s_files.Value[Index]);
        else
            context.Response.Redirect($"{path[(path.LastIndexOf('/') + 1)..]}/"); // relative, so that it is right behind a proxy that removes a prefix
    }

    /// <summary>Writes a file of the page.</summary>
    public static async Task WriteFileAsync(HttpContext context)
    {
        if (await ConsoleGuard.RefuseAsync(context))
            return;
        var route = context.Request.RouteValues;
        if (s_files.Value.TryGetValue($"{route["name"]}.{route["extension"]}", out var file))
            await WriteAsync(context, file);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private static async Task WriteAsync(HttpContext context, PageFile file)
    {
        var (request, headers) = (context.Request, context.Response.Headers);
        if (headers.ContentSecurityPolicy.Count == 0)
            headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY"; // also where the application has a policy of its own: a foreign page must not lay the console under its buttons
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache"; // the files change together and have no version in their names
        headers.ETag = file.Tag;
        if (request.Headers.IfNoneMatch == file.Tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = file.ContentType;
        context.Response.ContentLength = file.Bytes.Length;
        await context.Response.Body.WriteAsync(file.Bytes, context.RequestAborted);
    }

    private static FrozenDictionary<string, PageFile> ReadFiles()
    {
        var assembly = typeof(ConsolePage).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToFrozenDictionary(
            name => name[Prefix.Length..],
            name =>
            {
                using var stream = assembly.GetManifestResourceStream(name)!;
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                var type = Path.GetExtension(name) switch
                {
                    ".html" => "text/html; charset=utf-8",
                    ".css" => "text/css; charset=utf-8",
                    ".svg" => "image/svg+xml",
                    _ => "text/javascript; charset=utf-8",
                };
                return new PageFile(bytes, type, $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes)[..12])}\"");
            },
            StringComparer.Ordinal);
    }

    private sealed record PageFile(byte[] Bytes, string ContentType, string Tag);
}
