using System.Security.Cryptography;

namespace Pikku.Akka.Host.Security;

/// <summary>Security headers of the page.</summary>
internal static class SecurityHeaders
{
    // Only resources of this origin are loaded, inline scripts do not run, and the DOM does not accept strings as markup.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>
    /// Lets the pages of Scalar run, which are served in Development only: they insert styles and markup, which the policy of the page forbids. They may not load anything from another server either.
    /// </summary>
    /// <returns>The nonce of the inline script.</returns>
    public static string RelaxForPages(HttpContext context)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
            + "worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return nonce;
    }

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(context);
    });
}
